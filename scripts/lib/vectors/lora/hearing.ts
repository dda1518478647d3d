import { senderHashOf } from '#protocol/lora/frame.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { DOUBLES } from './frames.ts'

function verifying({ anna, bert }: People): VectorSource {
  const [one, other] = DOUBLES
  const double = senderHashOf(one)
  const annas = senderHashOf(anna.nodeId)
  const input = (sender_hash: string, node_id: string, heard: readonly string[] = [sender_hash], confirmed: string[] = []) => ({
    ...{ sender_hash, node_id, heard, confirmed },
  })
  return {
    name: 'verify',
    operation: 'lora.verify',
    rule: 'LOR-3',
    about: 'A person says whose a hash is. `heard` are the hashes heard so far, `confirmed` the NodeIDs said before.',
    vectors: [
      good('whose hash it is', 'Confirmed', input(annas, anna.nodeId), { state: 'confirmed' }),
      good('the same again', 'Nothing changes', input(annas, anna.nodeId, [annas], [anna.nodeId]), { state: 'confirmed' }),
      bad('for another NodeID', 'the hash is not computed', input(annas, bert.nodeId), 'bad_request'),
      bad('never heard', 'any hash can be confirmed', input(annas, anna.nodeId, []), 'lora_peer_unknown'),
      bad(
        'confirmed for another NodeID of that hash',
        'the last word replaces the one before',
        input(double, other, [double], [one]),
        'lora_peer_conflict',
      ),
    ],
  }
}

interface Frame {
  readonly says: 'panic' | 'ok' | 'nothing'
  readonly proof: 'proven' | 'pending' | 'unproven'
}
const says = (what: Frame['says'], proof: Frame['proof']): Frame => ({ says: what, proof })

function calls(): VectorSource {
  const of = (
    name: string,
    comment: string,
    frames: readonly Frame[],
    shown: readonly [proof: string, over: string][],
  ): Vector => good(name, comment, { frames }, { calls: shown.map(([proof, over]) => ({ proof, over })) })
  const [sure, unsure] = [says('panic', 'proven'), says('panic', 'unproven')]
  return {
    name: 'calls',
    operation: 'lora.calls',
    rule: 'LOR-4',
    about: 'Frames of one hash, a second apart, with what is known of each; and the calls for help that are shown then.',
    vectors: [
      of('nothing but beacons', 'No call', [says('nothing', 'proven')], []),
      of('a call that is proven', 'Shown', [sure], [['proven', 'no']]),
      of('a call that nobody can prove', 'Shown at once, and marked', [unsure], [['unproven', 'no']]),
      of('a call that waits for its key', 'Shown at once', [says('panic', 'pending')], [['pending', 'no']]),
      of('a proven one after an unproven one', 'The surer word counts', [unsure, sure], [['proven', 'no']]),
      of('an unproven one after a proven one', 'It stays proven', [sure, unsure], [['proven', 'no']]),
      of('ended by its sender', 'Over', [sure, says('ok', 'proven')], [['proven', 'proven']]),
      of('“I am fine” by anybody', 'A mark: the call stands', [sure, says('ok', 'unproven')], [['proven', 'said']]),
      of('“I am fine” that waits for its key', 'A mark so far', [sure, says('ok', 'pending')], [['proven', 'said']]),
      of('a plain beacon after a call', 'Silence is no end', [sure, says('nothing', 'proven')], [['proven', 'no']]),
      of('“I am fine” with no call', 'Nothing begins', [says('ok', 'proven')], []),
      of('ended, and anew', 'A new call', [sure, says('ok', 'proven'), sure], [['proven', 'no']]),
      of(
        '“I am fine” by anybody, then a proven call again',
        'It is said anew',
        [sure, says('ok', 'unproven'), sure],
        [['proven', 'no']],
      ),
    ],
  }
}

export const hearing = (all: People): readonly VectorSource[] => [verifying(all), calls()]
