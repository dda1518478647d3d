import * as L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import { boxMaps } from './box-maps.ts'
import classes from './chart.module.css'
import { gridLines } from './graticule.ts'
import { chooseLabels, type Wanted } from './labels.ts'
import { MARKS } from './marks.ts'
import type { Scene, SceneArea, ScenePlace } from './scene.ts'

// Leaflet, and nothing but vectors: this file is loaded with the first map that somebody opens.

/** Smaller scales show more than a country, larger ones less than a house. */
const ZOOM = { least: 5, most: 17 } as const
/** Names on a map at most; more are no help. */
const MOST_LABELS = 40
const LABEL = { height: 22, gap: 9, around: 4 } as const
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
  readonly scheme: 'light' | 'dark'
  readonly language: string
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

const at = ({ lat, lon }: Point): L.LatLngTuple => [lat, lon]
const boundsOf = ({ west, south, east, north }: Bbox): L.LatLngBounds => L.latLngBounds([south, west], [north, east])

/** Text as an element of its own: what others wrote never becomes markup. */
function textElement(text: string, className: string | undefined): HTMLElement {
  return Object.assign(document.createElement('span'), { className: className ?? '', textContent: text })
}

/** A name or a sign that stands on the map and that nothing can press. @param anchor pixels from its top left to the point */
function sign(point: Point, element: HTMLElement, anchor: L.PointTuple): L.Marker {
  const icon = L.divIcon({ html: element, className: classes.sign ?? '', iconSize: undefined, iconAnchor: anchor })
  return L.marker(at(point), { icon, interactive: false, keyboard: false })
}

function areaLayer({ corners, kind, drill }: SceneArea): L.Polygon {
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
function pin(point: Point): L.Marker {
  return sign(point, shapeOf(MARKS.mine, classes.pin), [14, 36])
}

/** A diamond for where an alert holds, a dot for everywhere else. */
function placeMark({ kind, position }: ScenePlace): L.Layer {
  if (kind === 'other') return L.circleMarker(at(position), { radius: 4, className: classes.dot ?? '', interactive: false })
  return sign(position, shapeOf(MARKS.target, classes.diamond), [10, 10])
}

interface Named extends Wanted {
  readonly text: string
  readonly className: string | undefined
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

/** The middle of an area as the mean of its corners' extremes: good enough for a word. */
const middleOf = (corners: readonly Point[]): L.LatLng => L.latLngBounds(corners.map(at)).getCenter()

/** Opens a map in an element, which has a size. It asks the box once whether it has something to lie below it. */
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
      sign({ lat: north, lon }, textElement(options.words.degrees(lon), classes.gridText), [-4, -3]).addTo(grid)
    }
    for (const lat of gridLines(south, north)) {
      line([
        [lat, west],
        [lat, east],
      ])
      sign({ lat, lon: west }, textElement(options.words.degrees(lat), classes.gridText), [-4, 18]).addTo(grid)
    }
  }

  function named(
    point: Point,
    text: string,
    className: string | undefined,
    weight: number,
    place: 'right' | 'above' | 'middle',
  ): Named {
    const { x, y } = map.latLngToContainerPoint(at(point))
    const width = Math.ceil(measure(text, weight)) + 2 * LABEL.around
    const { height, gap } = LABEL
    const left = place === 'right' ? -gap - 2 : width / 2
    const top = place === 'right' ? height / 2 : place === 'above' ? 36 + height : height / 2
    return { point, text, className, width, height, left, top, x: x - left, y: y - top }
  }

  function drawNames(): void {
    names.clearLayers()
    const { x: width, y: height } = map.getSize()
    const first: Named[] = []
    if (scene.mine) first.push(named(scene.mine.position, scene.mine.label, classes.mineName, 700, 'above'))
    for (const { corners, label } of scene.areas) {
      const { lat, lng } = middleOf(corners)
      if (label !== '') first.push(named({ lat, lon: lng }, label, classes.areaName, 700, 'middle'))
    }
    const shown = hasTiles ? scene.places.filter(({ kind }) => kind === 'target') : scene.places
    const wanted = [...shown]
      .sort((a, b) => (a.kind === b.kind ? b.inhabitants - a.inhabitants : a.kind === 'target' ? -1 : 1))
      .map(({ kind, name, position }) =>
        kind === 'target'
          ? named(position, name, classes.targetName, 700, 'right')
          : named(position, name, classes.name, 400, 'right'),
      )
    const pins = scene.mine ? [pinBox(scene.mine.position)] : []
    for (const one of chooseLabels([...first, ...wanted], pins, { width, height }, MOST_LABELS)) {
      sign(one.point, textElement(one.text, one.className), [one.left, one.top]).addTo(names)
    }
  }

  function pinBox(point: Point): Wanted {
    const { x, y } = map.latLngToContainerPoint(at(point))
    return { x: x - 14, y: y - 36, width: 28, height: 36 }
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
    const urls = await boxMaps()
    if (urls.length === 0 || isClosed) return
    const { openTiles } = await import('./tiles.ts')
    const opened = await Promise.all(urls.map((url) => openTiles(url, options.scheme, options.language)))
    const layers = opened.filter((one) => one !== null)
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
      sign(cross, shapeOf(MARKS.cross, classes.cross), [14, 14]).setZIndexOffset(2000).addTo(drawn)
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
      map.remove()
      delete element.dataset.tiles
    },
  }
}
