import * as L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import classes from './chart.module.css'
import { gridLines } from './graticule.ts'
import { chooseLabels, type Wanted } from './labels.ts'
import type { Scene } from './scene.ts'
import { areaLayer, at, crossMark, PIN, pin, placeMark, sign, textElement } from './signs.ts'
import type { MapLayer } from './tiles.ts'

// Leaflet, and nothing but vectors: this file is loaded with the first map that somebody opens.

/** Smaller scales show more than a country, larger ones less than a house. */
const ZOOM = { least: 5, most: 17 } as const
/** Names on a map at most; more are no help. */
const MOST_LABELS = 40
const LABEL = { height: 22, gap: 11, around: 4 } as const
/** What the buttons take at the top right. */
const CONTROL = { width: 68, height: 118 } as const
/** What the scale takes at the bottom left; the sign for north is as high. */
const FOOT = { scale: 134, height: 46 } as const
/** Free at every edge of a view that fits something, pixels. */
const PAD: L.PointTuple = [44, 44]
const SCALE_PX = 120

export interface ChartWords {
  /** What the map is, for whoever listens. */
  readonly label: string
  readonly closer: string
  readonly further: string
  readonly degrees: (value: number) => string
}

/** What a hand draws on a map: the cross, the first corner, the box. */
export interface Drawing {
  readonly cross: Point
  readonly corner: Point | null
  readonly box: Bbox | null
  readonly drill: boolean
}

export interface ChartOptions {
  /** `look`: dragged, pinched and moved by keys. `draw`: keys and pointer are for whoever draws. */
  readonly hand: 'look' | 'draw'
  /** Pictures to lie below, the lowest first; none where there are none. */
  readonly layers: () => Promise<readonly MapLayer[]>
  readonly words: ChartWords
  /** Id of the element that says which keys do what. */
  readonly describedBy: string
  /** Who made what lies below, as soon as something does. */
  readonly onCredits: (credits: readonly string[]) => void
}

export interface Chart {
  show(scene: Scene): void
  draw(drawing: Drawing): void
  fit(bounds: Bbox): void
  /** @param around stays where it is */
  zoom(levels: 1 | -1, around: Point): void
  /** What is to be seen now. */
  view(): Bbox
  /** Moves just so far that a point is to be seen. */
  reveal(point: Point): void
  /** @param x @param y pixels of the window, as pointers have them */
  pointAt(x: number, y: number): Point
  close(): void
}

const boundsOf = ({ west, south, east, north }: Bbox): L.LatLngBounds => L.latLngBounds([south, west], [north, east])

type NameKind = 'name' | 'targetName' | 'areaName' | 'mineName'

interface Named extends Wanted {
  readonly text: string
  readonly kind: NameKind
  readonly point: Point
  readonly left: number
  readonly top: number
}

function createMeasure(element: HTMLElement): (text: string, weight: number) => number {
  const context = document.createElement('canvas').getContext('2d')
  const { fontFamily } = getComputedStyle(element)
  return (text, weight) => {
    if (!context) return text.length * 9
    context.font = `${weight} 15px ${fontFamily}`
    return context.measureText(text).width
  }
}

/** Opens a map in an element, which has a size. What is to lie below it comes when it is there. */
export function openChart(element: HTMLElement, options: ChartOptions): Chart {
  const isLook = options.hand === 'look'
  element.classList.add(classes.chart ?? '')
  const map = L.map(element, {
    minZoom: ZOOM.least,
    maxZoom: ZOOM.most,
    zoomSnap: 0.5,
    zoomDelta: 1,
    attributionControl: false,
    zoomControl: false,
    // one finger scrolls the page that the map stands in; two move the map
    dragging: isLook && !L.Browser.mobile,
    touchZoom: isLook,
    doubleClickZoom: isLook,
    scrollWheelZoom: false,
    boxZoom: false,
    keyboard: isLook,
    zoomAnimation: false,
    fadeAnimation: false,
    inertia: false,
  })
  if (isLook) {
    // arrows and plus and minus are its own keys while it has the focus
    element.setAttribute('role', 'application')
    element.setAttribute('aria-label', options.words.label)
    element.setAttribute('aria-describedby', options.describedBy)
  }
  map.getPane('mapPane')?.setAttribute('aria-hidden', 'true')
  map.createPane('grid').style.zIndex = '250'
  map.setView([51.5, 7.5], 7)
  if (isLook) {
    L.control.zoom({ zoomInTitle: options.words.closer, zoomOutTitle: options.words.further, position: 'topright' }).addTo(map)
  }
  L.control.scale({ imperial: false, maxWidth: SCALE_PX }).addTo(map)

  const measure = createMeasure(element)
  const grid = L.layerGroup().addTo(map)
  const marks = L.layerGroup().addTo(map)
  const names = L.layerGroup().addTo(map)
  const drawn = L.layerGroup().addTo(map)
  let scene: Scene = { areas: [], places: [], mine: null }
  let hasTiles = false
  let isClosed = false

  const view = (): Bbox => {
    const bounds = map.getBounds()
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() }
  }

  function drawGrid(): void {
    grid.clearLayers()
    if (hasTiles) return
    const { west, south, east, north } = view()
    const line = (ends: [L.LatLngTuple, L.LatLngTuple]): void => {
      L.polyline(ends, { className: classes.grid ?? '', interactive: false, pane: 'grid' }).addTo(grid)
    }
    for (const lon of gridLines(west, east)) {
      line([
        [south, lon],
        [north, lon],
      ])
      const isCovered = isLook && map.latLngToContainerPoint([north, lon]).x > map.getSize().x - CONTROL.width
      if (!isCovered) sign({ lat: north, lon }, textElement(options.words.degrees(lon), classes.gridText), [-4, -3]).addTo(grid)
    }
    for (const lat of gridLines(south, north)) {
      line([
        [lat, west],
        [lat, east],
      ])
      // not where those of the other direction stand
      const isFree = map.latLngToContainerPoint([lat, west]).y > 2 * LABEL.height
      if (isFree) sign({ lat, lon: west }, textElement(options.words.degrees(lat), classes.gridText), [-4, 18]).addTo(grid)
    }
  }

  /** Where a name would stand. @param left @param top pixels from its own top left corner to the point that it names */
  function named(
    point: Point,
    text: string,
    kind: NameKind,
    place: (width: number) => readonly [left: number, top: number],
  ): Named {
    const { x, y } = map.latLngToContainerPoint(at(point))
    const width = Math.ceil(measure(text, kind === 'name' ? 400 : 700)) + 2 * LABEL.around
    const [left, top] = place(width)
    return { point, text, kind, width, height: LABEL.height, left, top, x: x - left, y: y - top }
  }

  /** On either side of its sign, else above or below it. */
  const aroundSign = (point: Point, text: string, kind: NameKind): readonly Named[] =>
    [
      (): readonly [number, number] => [-LABEL.gap, LABEL.height / 2],
      (width: number): readonly [number, number] => [width + LABEL.gap, LABEL.height / 2],
      (width: number): readonly [number, number] => [width / 2, LABEL.height + LABEL.gap],
      (width: number): readonly [number, number] => [width / 2, -LABEL.gap],
    ].map((place) => named(point, text, kind, place))

  function drawNames(): void {
    names.clearLayers()
    const { x: width, y: height } = map.getSize()
    const first: (readonly Named[])[] = []
    const taken: Wanted[] = [{ x: 0, y: height - FOOT.height, width: FOOT.scale, height: FOOT.height }]
    if (isLook) {
      taken.push({ x: width - CONTROL.width, y: 0, width: CONTROL.width, height: CONTROL.height })
      taken.push({ x: width - CONTROL.width, y: height - FOOT.height, width: CONTROL.width, height: FOOT.height })
    }
    if (scene.mine) {
      const { position, label } = scene.mine
      const { x, y } = map.latLngToContainerPoint(at(position))
      taken.push({ x: x - PIN.width / 2, y: y - PIN.height, width: PIN.width, height: PIN.height })
      // near an edge it begins or ends with the pin
      const sides = [(wide: number) => wide / 2, () => PIN.width / 2, (wide: number) => wide - PIN.width / 2]
      const heights = [PIN.height + LABEL.height, -LABEL.gap]
      first.push(heights.flatMap((top) => sides.map((left) => named(position, label, 'mineName', (wide) => [left(wide), top]))))
    }
    for (const { corners, label } of scene.areas) {
      const bounds = L.latLngBounds(corners.map(at))
      const { lat, lng: lon } = bounds.getCenter()
      // above or below, so that it hides nothing that lies in it
      const places = [
        [bounds.getNorth(), LABEL.height + LABEL.around],
        [bounds.getSouth(), -LABEL.around],
        [lat, LABEL.height / 2],
      ] as const
      if (label !== '')
        first.push(places.map(([edge, top]) => named({ lat: edge, lon }, label, 'areaName', (w) => [w / 2, top])))
    }
    const rest = scene.places
      .filter(({ kind }) => kind === 'target' || !hasTiles)
      .sort((a, b) => (a.kind === b.kind ? b.inhabitants - a.inhabitants : a.kind === 'target' ? -1 : 1))
      .map(({ kind, name, position }) => aroundSign(position, name, kind === 'target' ? 'targetName' : 'name'))
    for (const one of chooseLabels([...first, ...rest], taken, { width, height }, MOST_LABELS)) {
      sign(one.point, textElement(one.text, classes[one.kind]), [one.left, one.top]).addTo(names)
    }
  }

  function drawMarks(): void {
    marks.clearLayers()
    for (const area of scene.areas) areaLayer(area).addTo(marks)
    for (const place of scene.places) if (place.kind === 'target' || !hasTiles) placeMark(place).addTo(marks)
    if (scene.mine) pin(scene.mine.position).setZIndexOffset(1000).addTo(marks)
  }

  function redraw(): void {
    drawGrid()
    drawNames()
  }

  async function layTiles(): Promise<void> {
    const layers = await options.layers()
    if (isClosed || layers.length === 0) return
    hasTiles = true
    for (const { layer } of layers) layer.addTo(map)
    element.dataset.tiles = 'true'
    options.onCredits(layers.map(({ credit }) => credit).filter((credit) => credit !== ''))
    drawMarks()
    redraw()
  }

  map.on('moveend resize', redraw)
  const resized = new ResizeObserver(() => map.invalidateSize())
  resized.observe(element)
  // without it there is less below the points, and no more
  layTiles().catch(reportError)

  return {
    view,
    show(next) {
      scene = next
      drawMarks()
      redraw()
    },
    draw({ cross, corner, box, drill }) {
      drawn.clearLayers()
      if (box) {
        const look = drill ? classes.drill : classes.target
        L.rectangle(boundsOf(box), { className: look ?? '', interactive: false }).addTo(drawn)
      }
      if (corner) L.circleMarker(at(corner), { radius: 6, className: classes.corner ?? '', interactive: false }).addTo(drawn)
      crossMark(cross).setZIndexOffset(2000).addTo(drawn)
    },
    fit: (bounds) => void map.fitBounds(boundsOf(bounds), { padding: PAD, animate: false }),
    zoom: (levels, around) => void map.setZoomAround(at(around), map.getZoom() + levels, { animate: false }),
    reveal: (point) => void map.panInside(at(point), { padding: [20, 20], animate: false }),
    pointAt(x, y) {
      const { left, top } = element.getBoundingClientRect()
      const { lat, lng } = map.containerPointToLatLng([x - left - element.clientLeft, y - top - element.clientTop])
      return { lat, lon: lng }
    },
    close() {
      isClosed = true
      resized.disconnect()
      // Leaflet tells of a change of size a moment later, also when there is no map any more
      map.off('moveend resize', redraw)
      map.remove()
      delete element.dataset.tiles
    },
  }
}
