import type { Point, Target } from '#protocol/civdef/alert.ts'

/** Whether a place lies in a closed polygon: even-odd, the edge counts as inside to the south and west. */
function inPolygon(polygon: readonly Point[], { lat, lon }: Point): boolean {
  let inside = false
  for (const [index, a] of polygon.entries()) {
    const b = polygon[index + 1]
    if (!b || a.lat > lat === b.lat > lat) continue
    if (lon < ((b.lon - a.lon) * (lat - a.lat)) / (b.lat - a.lat) + a.lon) inside = !inside
  }
  return inside
}

/** Whether a place lies in the shape of a target; in its polygon where it has one, else in its box. */
export function contains({ bbox, polygon }: Pick<Target, 'bbox' | 'polygon'>, point: Point): boolean {
  if (polygon) return inPolygon(polygon, point)
  if (!bbox) return true
  return point.lat >= bbox.south && point.lat <= bbox.north && point.lon >= bbox.west && point.lon <= bbox.east
}
