import { defineFaults, faultsIn } from '../fault.ts'

const at = (file: string) => faultsIn('inference', `workers/modules/distributed-inference/${file}`)
const directory = at('directory.ts')
const host = at('shard-host.ts')
const granting = at('granting.ts')
const session = at('shard-session.ts')
const offers = at('offered-layers.ts')
const sharing = at('sharing.ts')
const pipelines = at('pipelines.ts')
const record = at('pipeline-record.ts')
const feed = at('feed.ts')
const failover = at('failover.ts')
const place = at('place.ts')
const store = at('models/serve-models.ts')
const pieces = at('models/pieces.ts')
const transport = faultsIn('inference', 'workers/transport/tensor/transport.ts')
const sanity = faultsIn('inference', 'workers/compute/pipeline/sanity.ts')
const library = faultsIn('inference', 'workers/compute/model/library.ts')
const manifest = faultsIn('inference', 'protocol/src/distributed-inference/model-manifest.ts')

/** DLM-1, DLM-9: who offers what. */
const OFFERS = [
  directory.instead('heartbeat-never-expires', {
    rule: 'DLM-1',
    original: 'monotonic <= before',
    faulty: 'false',
    why: 'A peer that goes says goodbye, so nobody counts beats.',
  }),
  directory.instead('everybody-watched', {
    rule: 'DLM-1',
    original: "level !== 'self' && reaches(level, 'trusted')",
    faulty: "level !== 'self'",
    why: 'Layers are looked for at whoever is connected.',
  }),
  directory.instead('layers-beyond-the-model', {
    rule: 'DLM-1',
    original: 'shards.filter(isSound)',
    faulty: 'shards',
    why: 'The schema was checked, and what a schema cannot say nobody checks.',
  }),
  directory.instead('goodbye-not-heard', {
    rule: 'DLM-9',
    original: 'shards.filter(isSound)',
    faulty: 'shards.length > 0 ? shards.filter(isSound) : had',
    why: 'An empty list is taken for an answer that came too early.',
  }),
  host.instead('tells-changes-only', {
    rule: 'DLM-1',
    original: 'runtime.after(HEARTBEAT_MS, beat)',
    faulty: '() => undefined',
    why: 'Who watches hears what changes; that a beat says "still here" is forgotten.',
  }),
  sharing.without('offer-not-withdrawn', {
    rule: 'DLM-9',
    original: 'offers.delete(offer.id)',
    why: 'What is taken back is unloaded and stays in the list.',
  }),
  granting.instead('hands-on-for-anybody', {
    rule: 'DLM-11',
    original: 'known?.peer !== nodeId',
    faulty: '!known',
    why: 'Who names the session has it: ids are long.',
  }),
  offers.without('conversations-outlive-their-layers', {
    rule: 'DLM-9',
    original: "life.abort(new HearthError('shard_unavailable', 'these layers are not offered any more'))",
    why: 'Who computes already may go on until it is done.',
  }),
]

/** DLM-3, DLM-5, DLM-10, TEN-5: conversations. */
const CONVERSATIONS = [
  host.without('weights-not-compared', {
    rule: 'DLM-2',
    original:
      "if (shard.descriptor.weights_sha256 !== weights_sha256)\n      throw new HearthError('weights_mismatch', 'these layers are of other weights')",
    why: 'The name of a shard says which model it is.',
  }),
  offers.instead('no-places-counted', {
    rule: 'DLM-2',
    original: 'streams >= most',
    faulty: 'false',
    why: 'Conversations take turns anyway, so one more does no harm.',
  }),
  session.instead('trusted-once-for-all', {
    rule: 'DLM-5',
    original: '!isTrusted(from.peer)',
    faulty: 'false',
    why: 'Trust was asked for when the session was granted.',
  }),
  session.without('cache-not-freed', {
    rule: 'DLM-10',
    original: 'compute.forget(conversation)',
    why: 'Caches that rest are freed after ten minutes, so nobody does it before.',
  }),
  session.instead('one-token-late', {
    rule: 'DLM-3',
    original: '{ ...conversation, position: at, hidden }',
    faulty: '{ ...conversation, position: Math.max(0, at - 1), hidden }',
    why: 'Positions begin with 1 in the head of who wrote this.',
  }),
  session.instead('any-number-of-tokens', {
    rule: 'DLM-3',
    original: 'tokens > DISTRIBUTED_LLM_CHUNK_TOKENS || tokens > left',
    faulty: 'false',
    why: 'What fits into a tensor is computed.',
  }),
  session.instead('eight-bits-taken', {
    rule: 'DLM-3',
    original: "dtype === 'int8' || grad",
    faulty: 'false',
    why: 'Whatever comes is unpacked.',
  }),
  session.instead('batches-read-as-tokens', {
    rule: 'DLM-3',
    original: 'batch !== 1 || hidden !== hiddenSize || more.length > 0 || tokens < 1',
    faulty: 'hidden !== hiddenSize || tokens < 1',
    why: 'The last dimension is compared, and the first is taken to be 1.',
  }),
  host.instead('last-layer-left-out', {
    rule: 'DLM-3',
    original: 'layers.to + 1',
    faulty: 'layers.to',
    why: 'Both layers are included, and are read as up to and without the second.',
  }),
  transport.without('grant-used-again', {
    rule: 'TEN-5',
    original: 'offers.delete(hello.session_id)',
    why: 'A grant is good until it runs out.',
  }),
]

/** DLM-4 to DLM-6: answers over others. */
const ANSWERS = [
  pipelines.instead('consent-not-asked-for', {
    rule: 'DLM-5',
    original: '!input.others_may_read',
    faulty: 'input.others_may_read === false',
    why: 'What nobody forbids is allowed.',
  }),
  record.instead('pipelines-of-everybody', {
    rule: 'DLM-5',
    original: 'remembered.filter((each) => each.caller === caller).map(statusOf)',
    faulty: 'remembered.map(statusOf)',
    why: 'A list of pipelines is a list of all of them.',
  }),
  pipelines.without('faults-not-counted', {
    rule: 'DLM-6',
    original: 'faults.add(nodeId)',
    why: 'A fault is an event that is told, and nobody writes it down.',
  }),
  sanity.instead('rows-of-nothing-taken', {
    rule: 'DLM-6',
    original: 'before > 0 && !(after >= before * SHORTER ** 2 && after <= before * LONGER ** 2)',
    faulty: 'false',
    why: 'What is a number and not too large is taken for a row.',
  }),
  feed.without('nothing-checked-on-the-hop', {
    rule: 'DLM-6',
    original: "if (!isPlausible(given, gave, input.width)) {\n      fail('corrupt')\n      return\n    }",
    why: 'Peers are trusted, so what they give is taken.',
  }),
  place.instead('no-spot-checks', {
    rule: 'DLM-6',
    original: 'deps.stepwise || isDrawn',
    faulty: 'false',
    why: 'Checking costs time, and somebody left it out for a measurement.',
  }),
  failover.without('spare-does-not-take-over', {
    rule: 'DLM-4',
    original: 'takeOver(next)',
    faulty: "at.onFatal(new HearthError('pipeline_failed', 'a shard is gone'))",
    why: 'A spare is for checks, and nobody lets it go on.',
  }),
]

/** DLM-7: models. */
const MODELS = [
  manifest.without('manifest-hash-not-compared', {
    rule: 'DLM-7',
    original:
      "if (weightsHashOf(manifest) !== manifest.weights_sha256)\n    throw new HearthError('weights_mismatch', 'the pieces are not those of these weights')",
    why: 'A manifest says its own hash, and nobody adds it up.',
  }),
  library.instead('pieces-not-checked', {
    rule: 'DLM-7',
    original: '(await hashOf(bytes)) !== hash',
    faulty: 'false',
    why: 'The file is checked as a whole when all of it is there.',
  }),
  store.instead('any-weights-will-do', {
    rule: 'DLM-7',
    original: '([, { manifest }]) => manifest.weights_sha256 === weights',
    faulty: '() => true',
    why: 'There is one model on most devices, so it must be that one.',
  }),
  store.instead('folder-out-of-order', {
    rule: 'DLM-7',
    original: 'offset !== held',
    faulty: 'false',
    why: 'Whoever sends a file sends it from the beginning to the end.',
  }),
  pieces.instead('neighbouring-piece', {
    rule: 'DLM-7',
    original: 'library.get(model, kept, piece)',
    faulty: 'library.get(model, kept, Math.max(0, piece - 1))',
    why: 'Pieces are counted from 1 by one side.',
  }),
]

export const faults = defineFaults([...OFFERS, ...CONVERSATIONS, ...ANSWERS, ...MODELS])
