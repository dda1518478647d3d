import { CAPABILITIES } from '#protocol/capabilities.ts'
import type { Capability } from '#protocol/core/capability.ts'
import { matches } from '#protocol/core/schema.ts'
import { type Case, ensure, member, outcomeOf, shown } from '../../harness/case.ts'
import { NOT_THERE, rightInput } from '../../harness/right.ts'
import { wrongInputs } from '../../harness/wrong.ts'

// Made from the published contracts: every capability is called rightly and in several wrong ways, by whom it is for.

const WRONG_WAYS = 6
const WRONG_WAYS_OF_SELF = 3
const slug = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, '-')

/** Calls of the person's that change the device for good, or that other cases make in their own way. */
const NOT_MADE_HERE: ReadonlySet<string> = new Set([
  'node.erase',
  'node.identity.create',
  'node.identity.restore',
  'node.identity.recovery.export',
  'node.identity.recovery.settle',
  'community.found',
  'community.redeem',
  'community.leave',
  'community.promote',
  'community.demote',
  'community.revoke',
  'config.set',
  'protocol.registry.announce',
  'community.invite.inspect',
  'community.federation.inspect',
  'community.federation.accept',
  'community.federation.complete',
  'experimental.evidence.ebkh.sync',
])
/** Reads its input by hand, so that what is wrong with it has a code of its own. */
const OWN_CODES: Readonly<Record<string, readonly string[]>> = {
  'protocol.registry.announce': ['schema_mismatch', 'protocol_descriptor_invalid'],
}

/** Whether there is an example of a right input; what needs more than an example has cases of its own. */
const hasRight = ({ name, input, stream }: Capability): boolean =>
  !NOT_MADE_HERE.has(name) &&
  // a stream that follows something has no end to wait for
  stream === null &&
  (name === 'community.join' || name === 'node.manifest.exchange' || matches(input, rightInput(name, null)))

const needed = (capability: Capability) => (capability.stability === 'experimental' ? { capability: capability.name } : {})

function ofPeers(capability: Capability): readonly Case[] {
  const { name, trust } = capability
  const standing = trust === 'unknown' ? 'stranger' : trust === 'member' ? 'member' : 'trusted'
  const wrong = wrongInputs(capability.input, rightInput(name, null)).slice(0, WRONG_WAYS)
  const right: readonly Case[] = !hasRight(capability)
    ? []
    : [
        {
          id: `BUS-1.${name}.right`,
          title: `${name} answers a right call by its schema`,
          ...needed(capability),
          needs: ['call'],
          async run({ peer }) {
            const caller = await peer(standing)
            const input = rightInput(name, caller)
            ensure(matches(capability.input, input), 'an input that the schema allows', input)
            const answer = await caller.ask(name, input)
            const outcome = outcomeOf(answer)
            ensure(outcome === 'ok' || NOT_THERE.has(outcome), 'an answer', answer)
            if (outcome === 'ok')
              ensure(matches(capability.output, member(answer, 'output')), 'an output by its schema', answer)
          },
        },
      ]
  return [
    ...right,
    ...wrong.map(
      ({ what, input }): Case => ({
        id: `BUS-3.${name}.${slug(what)}`,
        title: `${name} refuses an input with ${what}`,
        ...needed(capability),
        needs: ['call'],
        async run({ peer }) {
          const answer = await (await peer(standing)).ask(name, input)
          const allowed = OWN_CODES[name] ?? ['schema_mismatch']
          ensure(allowed.includes(outcomeOf(answer)), allowed.join(' or '), `${shown(input)} → ${shown(answer)}`)
        },
      }),
    ),
    ...(trust === 'unknown'
      ? []
      : [
          {
            id: `COM-5.${name}`,
            title: `${name} is unauthorized for a stranger`,
            needs: ['call'],
            async run({ peer }) {
              const answer = await (await peer('stranger')).ask(name, rightInput(name, null))
              ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
            },
          } satisfies Case,
        ]),
  ]
}

function ofThePerson(capability: Capability): readonly Case[] {
  const { name } = capability
  const wrong = wrongInputs(capability.input, rightInput(name, null)).slice(0, WRONG_WAYS_OF_SELF)
  const right: readonly Case[] = !hasRight(capability)
    ? []
    : [
        {
          id: `BUS-1.${name}.right`,
          title: `${name} answers the person by its schema`,
          ...needed(capability),
          needs: ['person'],
          async run({ seat }) {
            const answer = await seat.ask(name, rightInput(name, null))
            const outcome = outcomeOf(answer)
            ensure(outcome === 'ok' || NOT_THERE.has(outcome), 'an answer', answer)
            if (outcome === 'ok')
              ensure(matches(capability.output, member(answer, 'output')), 'an output by its schema', answer)
          },
        },
      ]
  return [
    ...right,
    ...(capability.stream === null ? wrong : wrong.slice(0, 1)).map(
      ({ what, input }): Case => ({
        id: `BUS-3.${name}.${slug(what)}`,
        title: `${name} refuses an input with ${what}`,
        ...needed(capability),
        needs: ['person'],
        async run({ seat }) {
          const answer = await seat.ask(name, input)
          ensure(outcomeOf(answer) === 'schema_mismatch', 'schema_mismatch', `${shown(input)} → ${shown(answer)}`)
        },
      }),
    ),
    {
      id: `BUS-3.${name}.not-for-peers`,
      title: `${name} is for the person at the device and for no peer`,
      ...needed(capability),
      needs: ['call'],
      async run({ peer }) {
        const answer = await (await peer('trusted')).ask(name, rightInput(name, null))
        ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
      },
    },
  ]
}

export const cases: readonly Case[] = [...CAPABILITIES.values()].flatMap((capability) =>
  capability.trust === 'self' ? ofThePerson(capability) : ofPeers(capability),
)
