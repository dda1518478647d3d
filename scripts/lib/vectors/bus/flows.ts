import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'

const ack = (upto: number): object => ({ type: 'ack', upto })
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

function flow(): VectorSource {
  const of = (
    name: string,
    comment: string,
    frames: number,
    says: readonly object[],
    sent: number,
    end: string | null,
  ): Vector => good(name, comment, { frames, says }, { seqs: numbers(sent), end })
  return {
    name: 'flow',
    operation: 'bus.flow',
    rule: 'BUS-4',
    about: 'The serving side of a stream: at most 16 frames unacknowledged, done among them, numbered from 0.',
    vectors: [
      of('no frames', 'done alone', 0, [], 0, 'done'),
      of('three frames', 'All at once', 3, [], 3, 'done'),
      of('15 frames', 'done is the sixteenth', 15, [], 15, 'done'),
      of('16 frames', 'done has no room', 16, [], 16, null),
      of('16 frames and an acknowledgement', 'Now it has', 16, [ack(0)], 16, 'done'),
      of('40 frames and nobody reads', 'It waits after sixteen', 40, [], 16, null),
      of('40 frames, eight acknowledged', 'Eight more', 40, [ack(7)], 24, null),
      of('40 frames, all read', 'In two rounds', 40, [ack(15), ack(31)], 40, 'done'),
      of('acknowledged twice', 'The second changes nothing', 40, [ack(7), ack(7)], 24, null),
      of('acknowledged backwards', 'It takes nothing back', 40, [ack(7), ack(3)], 24, null),
      of('cancelled', 'It stops where it is', 40, [{ type: 'cancel' }], 16, 'timeout'),
      of('read for a while and cancelled', 'It stops where it is', 40, [ack(3), { type: 'cancel' }], 20, 'timeout'),
      of('an acknowledgement of what was never sent', 'The caller makes it up', 40, [ack(16)], 16, 'bad_request'),
      of('a word nobody knows', 'The caller speaks another protocol', 40, [{ type: 'pause' }], 16, 'bad_request'),
    ],
  }
}

const places = (): VectorSource => ({
  name: 'places',
  operation: 'bus.places',
  rule: 'BUS-1',
  about: 'Calls at once to one capability, none of which has ended.',
  vectors: [
    good('as many as there are places', 'All run', { max_concurrent: 2, calls: 2 }, { running: 2 }),
    good('fewer', 'All run', { max_concurrent: 16, calls: 3 }, { running: 3 }),
    bad('one more', 'max_concurrent is announced and not kept', { max_concurrent: 2, calls: 3 }, 'capacity_exceeded'),
    bad(
      'a second where there is one place',
      'places are counted from zero',
      { max_concurrent: 1, calls: 2 },
      'capacity_exceeded',
    ),
  ],
})

export const flows = (): readonly VectorSource[] => [flow(), places()]
