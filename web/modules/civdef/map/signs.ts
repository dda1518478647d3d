import * as L from 'leaflet'
import type { Point } from '#protocol/civdef/alert.ts'
import classes from './chart.module.css'
import { MARKS } from './marks.ts'
import type { SceneArea, ScenePlace } from './scene.ts'

// What stands on a map: vectors and elements, no picture that would have to be fetched.

/** Pixels; its tip is the point. */
export const PIN = { width: 28, height: 36 } as const

/** A point as Leaflet takes it. */
export const at = ({ lat, lon }: Point): L.LatLngTuple => [lat, lon]

/** Text as an element of its own: what others wrote never becomes markup. */
export function textElement(text: string, className: string | undefined): HTMLElement {
  return Object.assign(document.createElement('span'), { className: className ?? '', textContent: text })
}

/** A name or a sign that stands on the map and that nothing can press. @param anchor pixels from its top left to the point */
export function sign(point: Point, element: HTMLElement, anchor: L.PointTuple): L.Marker {
  const icon = L.divIcon({ html: element, className: classes.sign ?? '', iconSize: undefined, iconAnchor: anchor })
  return L.marker(at(point), { icon, interactive: false, keyboard: false })
}

export function areaLayer({ corners, kind, drill }: SceneArea): L.Polygon {
  const look = kind === 'other' ? classes.other : drill ? classes.drill : classes.target
  return L.polygon(corners.map(at), { className: look ?? '', interactive: false })
}

const SVG = 'http://www.w3.org/2000/svg'

/** A sign's shape as an element. */
function shapeOf({ viewBox, path }: (typeof MARKS)[keyof typeof MARKS], className: string | undefined): HTMLElement {
  const svg = document.createElementNS(SVG, 'svg')
  const shape = document.createElementNS(SVG, 'path')
  svg.setAttribute('viewBox', viewBox)
  svg.setAttribute('class', className ?? '')
  shape.setAttribute('d', path)
  svg.append(shape)
  const element = document.createElement('span')
  element.append(svg)
  return element
}

/** A pin for the own place: no other mark has its shape. */
export function pin(point: Point): L.Marker {
  return sign(point, shapeOf(MARKS.mine, classes.pin), [PIN.width / 2, PIN.height])
}

/** A diamond for where an alert holds, a dot for everywhere else. */
export function placeMark({ kind, position }: ScenePlace): L.Layer {
  if (kind === 'other') return L.circleMarker(at(position), { radius: 4, className: classes.dot ?? '', interactive: false })
  return sign(position, shapeOf(MARKS.target, classes.diamond), [10, 10])
}

/** Where the next corner would be. */
export function crossMark(point: Point): L.Marker {
  return sign(point, shapeOf(MARKS.cross, classes.cross), [14, 14])
}
