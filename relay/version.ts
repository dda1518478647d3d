import { readFileSync } from 'node:fs'
import { parseAs } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'

const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')

/** Version of this program, from package.json. */
export const VERSION: string = parseAs(Type.Object({ version: Type.String() }), JSON.parse(text)).version
