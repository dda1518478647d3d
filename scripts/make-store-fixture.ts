// Writes workers/kernel/store/fixtures/store-v1.json: what a device of the first stored format holds. Run once per released
// format and never again: the fixture is the promise that later versions open it.
import { writeFile } from 'node:fs/promises'
import { runnerImport } from 'vite'

type History = typeof import('../workers/testing/history.ts')
type Segments = typeof import('../workers/kernel/log/segments.ts')
type Verify = typeof import('../workers/kernel/log/verify.ts')
type Catalogue = typeof import('../protocol/src/catalogue.ts')
type MemoryStore = typeof import('../workers/memory/memory-store.ts')

const load = async <T>(path: string): Promise<T> => (await runnerImport<T>(path)).module
const { createHistory } = await load<History>('./workers/testing/history.ts')
const { createSegments } = await load<Segments>('./workers/kernel/log/segments.ts')
const { verifyEvent } = await load<Verify>('./workers/kernel/log/verify.ts')
const { EVENTS } = await load<Catalogue>('./protocol/src/catalogue.ts')
const { createMemoryStore } = await load<MemoryStore>('./workers/memory/memory-store.ts')

const history = await createHistory(42)
const { author, events } = await history.newcomer()
const all = [history.founding, ...events, await author.claim('Sammelpunkt'), await history.root.claim('Brunnen')]
const community = history.root.signer.nodeId
const store = createMemoryStore()
const segments = createSegments(store)
const { writes } = segments.plan(await Promise.all(all.map((event) => verifyEvent(event, community, EVENTS))))
await store.write([...writes, { table: 'meta', key: 'community', value: community }])

const tables = { meta: await store.entries('meta'), segment: await store.entries('segment'), head: await store.entries('head') }
const text = JSON.stringify({ version: 1, community_id: community, events: all.length, tables }, null, 2)
await writeFile('workers/kernel/store/fixtures/store-v1.json', `${text}\n`)
