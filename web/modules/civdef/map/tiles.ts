import * as L from 'leaflet'
import { type Header, PMTiles, TileType } from 'pmtiles'

// Loaded only where the box says that it has a map.

const MIME: Readonly<Partial<Record<TileType, string>>> = {
  [TileType.Png]: 'image/png',
  [TileType.Jpeg]: 'image/jpeg',
  [TileType.Webp]: 'image/webp',
  [TileType.Avif]: 'image/avif',
}
/** Longest line of who made a map, in characters. */
const CREDIT_CHARS = 300

/** Pictures out of a file on the box. A tile that is missing, or cannot be had now, leaves the ground bare. */
class RasterLayer extends L.GridLayer {
  private readonly file: PMTiles
  private readonly mime: string
  constructor(file: PMTiles, mime: string, options: L.GridLayerOptions) {
    super(options)
    this.file = file
    this.mime = mime
    this.on('tileunload', ({ tile }) => {
      if (tile instanceof HTMLImageElement) URL.revokeObjectURL(tile.src)
    })
  }

  protected override createTile({ z, x, y }: L.Coords, done: L.DoneCallback): HTMLElement {
    // what it shows is said in words beside the map
    const tile = Object.assign(document.createElement('img'), { alt: '' })
    this.file.getZxy(z, x, y).then(
      (found) => {
        if (found) tile.src = URL.createObjectURL(new Blob([found.data], { type: this.mime }))
        done(undefined, tile)
      },
      (thrown) => done(thrown instanceof Error ? thrown : new Error(String(thrown)), tile),
    )
    return tile
  }
}

const ENTITIES: Readonly<Record<string, string>> = { copy: '©', amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#169': '©' }

/** What a file says of who made it: HTML by its format, of which the words are taken and nothing else. */
function creditOf(metadata: unknown): string {
  if (typeof metadata !== 'object' || metadata === null || !('attribution' in metadata)) return ''
  const { attribution } = metadata
  if (typeof attribution !== 'string') return ''
  return attribution
    .slice(0, 10 * CREDIT_CHARS)
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, CREDIT_CHARS)
}

async function layerOf(file: PMTiles, header: Header, scheme: 'light' | 'dark', language: string): Promise<L.Layer | null> {
  const bounds = L.latLngBounds([header.minLat, header.minLon], [header.maxLat, header.maxLon])
  if (header.tileType === TileType.Mvt) {
    // its layers reach Leaflet as a global, as Leaflet's own file sets it
    const { leafletLayer } = await import('protomaps-leaflet')
    const layer: unknown = leafletLayer({ url: file, flavor: scheme, lang: language, maxDataZoom: header.maxZoom, bounds })
    return layer instanceof L.Layer ? layer : null
  }
  const mime = MIME[header.tileType]
  if (mime === undefined) return null
  return new RasterLayer(file, mime, {
    bounds,
    minNativeZoom: header.minZoom,
    maxNativeZoom: header.maxZoom,
    className: 'map-raster',
  })
}

export interface MapLayer {
  readonly layer: L.Layer
  /** Who made it; empty where the file does not say. */
  readonly credit: string
}

/**
 * Opens one of the box's maps. @param url of a PMTiles file (version 3)
 * @returns null for a file that is none, of tiles that are not known, or that cannot be had now
 */
export async function openTiles(url: string, scheme: 'light' | 'dark', language: string): Promise<MapLayer | null> {
  const file = new PMTiles(url)
  try {
    const [header, metadata] = await Promise.all([file.getHeader(), file.getMetadata()])
    const layer = await layerOf(file, header, scheme, language)
    return layer && { layer, credit: creditOf(metadata) }
  } catch {
    return null // whoever looks at the map has its points and areas; the operator sees the file in the list
  }
}
