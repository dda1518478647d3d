import { mkdir, rm, writeFile } from 'node:fs/promises'
import { areas, filesOf, placeOf, storedFiles, textOf } from './lib/vectors/files.ts'

// npx tsx scripts/make-vectors.ts: writes conformance/vectors/ anew, the same every time

const made = (await Promise.all((await areas()).map(filesOf))).flat()
const paths = new Set(made.map(({ path }) => path))
for (const { path } of await storedFiles()) if (!paths.has(path)) await rm(placeOf(path))
for (const { path, file } of made) {
  const place = placeOf(path)
  await mkdir(new URL('./', place), { recursive: true })
  await writeFile(place, textOf(file))
  console.log(`${String(file.vectors.length).padStart(5)}  ${path}`)
}
console.log(`${String(made.reduce((sum, { file }) => sum + file.vectors.length, 0)).padStart(5)}  in all`)
