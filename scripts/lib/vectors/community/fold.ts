import { DEFAULT_POLICY } from '#protocol/core/community.ts'
import { good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People, Person } from '../seeded.ts'
import { ENDINGS } from './endings.ts'
import { JOINING } from './joining.ts'
import { LEVELS } from './levels.ts'
import { type Story, village } from './village.ts'

async function told(all: People, story: Story): Promise<readonly Vector[]> {
  const scene = await village(all)
  const expected = await story.tell(scene)
  const members = Object.entries(expected)
    .map(([who, [level, status, name]]) => ({ node_id: all[who as Person].nodeId, display_name: name, level, status })) // the names of `Expected` are people
    .sort((a, b) => (a.node_id < b.node_id ? -1 : 1))
  const outcome = { name: 'Issum', policy: { ...DEFAULT_POLICY, ...story.policy }, members }
  const { events } = scene.log
  const extra = story.rule === undefined ? {} : { rule: story.rule }
  const whole = good(story.name, story.comment, { community_id: all.anna.nodeId, events }, outcome, extra)
  if (events.length < 2) return [whole]
  const backwards = { community_id: all.anna.nodeId, events: [...events].reverse() }
  return [
    whole,
    good(`${story.name}, arriving backwards`, 'The same, whatever the order of arrival (EVT-3)', backwards, outcome, extra),
  ]
}

/** The member list over a set of events. */
export async function folding(all: People): Promise<VectorSource> {
  const vectors: Vector[] = []
  for (const story of [...JOINING, ...LEVELS, ...ENDINGS]) vectors.push(...(await told(all, story)))
  return {
    name: 'members',
    operation: 'community.fold',
    rule: 'COM-1',
    about:
      'Events as they arrive at a node, one by one, and who belongs to the community then. Some of the events do not count.',
    vectors,
  }
}
