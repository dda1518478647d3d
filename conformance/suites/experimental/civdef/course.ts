import { ackOf, cancellationOf, certificateOf, inSeconds, KLEVE } from '../../../client/alerts.ts'
import {
  ACKS,
  asJson,
  brigade,
  cosigned,
  delivery,
  EXPLAIN,
  follows,
  GET,
  HEARTBEAT,
  needs,
  reasonOf,
  SUBSCRIBE,
  says,
  stateOf,
} from '../../../client/brigade.ts'
import type { Json } from '../../../client/encoding.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../../harness/case.ts'

/** What becomes of an alert: replaced, ended, answered, held, followed. */
export const cases: readonly Case[] = [
  {
    id: 'CIV-8.replaced',
    title: 'An alert that takes the place of another leaves one of the two active',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff } = await brigade(context)
      const first = await says(lead, leadCert)
      const second = await says(lead, leadCert, { replaces: first })
      same([await stateOf(staff, first), await stateOf(staff, second)], ['replaced', 'active'], 'states')
    },
  },
  {
    id: 'CIV-8.replaced-by-another',
    title: 'Nobody replaces the alert of somebody of their own tier',
    capability: GET,
    needs,
    async run(context) {
      const { root, lead, leadCert } = await brigade(context)
      const first = await says(lead, leadCert)
      const other = await context.lent('member', 'holder')
      const certificate = certificateOf(root.identity, other.nodeId, {
        role: 'DE.NRW.Kleve.DRK.Ortsverein.Bereitschaftsleiter',
        region: KLEVE,
        scopes: ['alert.publish'],
      })
      await other.write('civdef.role.registered', asJson({ certificate, chain: [] }))
      await says(other, certificate, { severity: 'advisory', replaces: first })
      same(await stateOf(other, first), 'active', 'state')
    },
  },
  {
    id: 'CIV-10.cancelled',
    title: 'Its publisher ends an alert, and it stays readable',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff } = await brigade(context)
      const key = await says(lead, leadCert)
      await follows(lead, cancellationOf(lead, key, leadCert))
      const answer = await staff.ask(GET, { key })
      same(member(answer, 'output', 'record', 'state'), 'cancelled', 'state')
      ensure(isObject(member(answer, 'output', 'record', 'alert')), 'the alert', answer)
    },
  },
  {
    id: 'CIV-10.higher-tier',
    title: 'A higher tier over its target ends an alert',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff, staffCert } = await brigade(context)
      const key = await says(lead, leadCert)
      await follows(staff, cancellationOf(staff, key, staffCert))
      same(await stateOf(staff, key), 'cancelled', 'state')
    },
  },
  {
    id: 'CIV-10.stranger',
    title: 'The end of an alert by somebody without a role changes nothing',
    capability: GET,
    needs,
    async run(context) {
      const { lead, leadCert, staff } = await brigade(context)
      const key = await says(lead, leadCert)
      const other = await context.lent('member')
      for (const certificate of [certificateOf(other.identity, other.nodeId), leadCert])
        await follows(other, cancellationOf(other, key, certificate))
      same(await stateOf(staff, key), 'active', 'state')
    },
  },
  {
    id: 'CIV-11.board',
    title: 'Answers are counted once a person, the last one of each, and those of roles by their role',
    capability: ACKS,
    needs,
    async run(context) {
      const { lead, leadCert, staff, staffCert } = await brigade(context)
      const key = await says(lead, leadCert)
      await staff.write('civdef.alert.acked', ackOf(staff, key, { acker_cert: staffCert.cert_id }).data ?? null)
      const changed = ackOf(staff, key, { status: 'acting', acker_cert: staffCert.cert_id, acked_at: inSeconds(1) })
      await staff.write('civdef.alert.acked', changed.data ?? null)
      const board = await context.does(ACKS, { alert_id: key })
      const text = JSON.stringify(board)
      ensure(text.includes('acting') && text.includes(staffCert.role), 'the last word of the crisis staff', board)
    },
  },
  {
    id: 'CIV-12.elsewhere',
    title: 'Who lives elsewhere is not shown an alert, and is told why',
    capability: EXPLAIN,
    needs,
    queue: 'alone',
    async run(context) {
      const { lead, leadCert } = await brigade(context)
      const key = await says(lead, leadCert)
      await context.does('config.set', { civdef: { municipality: 'DE.NRW.Kleve.Geldern' } })
      const decision = await delivery(context, key)
      await context.does('config.set', { civdef: { municipality: '' } })
      same(member(decision, 'delivery'), 'hide', 'delivery')
      same(member(reasonOf(decision, 'region'), 'code'), 'elsewhere', 'code of region')
    },
  },
  {
    id: 'CIV-14.heartbeat',
    title: 'A heartbeat is answered with the alerts that reached the node, and with nothing else',
    capability: HEARTBEAT,
    needs,
    async run(context) {
      const people = await brigade(context)
      const key = await cosigned(people, { severity: 'emergency' })
      const answer = await people.staff.ask(HEARTBEAT, { holding: [] })
      const output = member(answer, 'output')
      ensure(isObject(output) && Object.keys(output).join() === 'holding', 'holding and nothing else', answer)
      const { holding } = output
      ensure(Array.isArray(holding) && holding.includes(key), 'the alert among them', answer)
    },
  },
  {
    id: 'CIV-14.stranger',
    title: 'A stranger gets no answer to a heartbeat',
    capability: HEARTBEAT,
    needs: ['call'],
    async run({ peer }) {
      const answer = await (await peer('stranger')).ask(HEARTBEAT, { holding: [] })
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  },
  {
    id: 'CIV-8.followed',
    title: 'Who follows alerts hears of each as it comes and as it ends',
    capability: SUBSCRIBE,
    needs: [...needs, 'stream'],
    async run(context) {
      const { lead, leadCert } = await brigade(context)
      if (!context.seat.open) throw new Error('this target has no streaming calls')
      const talk = await context.seat.open(SUBSCRIBE, {})
      const next = async (key: string): Promise<Json | undefined> => {
        for (let heard = 0; heard < 20; heard++) {
          const message = await talk.hear(5_000)
          if (member(message, 'data', 'record', 'key') === key) return member(message, 'data', 'change')
          if (message === null) return undefined
        }
        return undefined
      }
      try {
        const key = await says(lead, leadCert)
        same(await next(key), 'published', 'change')
        await follows(lead, cancellationOf(lead, key, leadCert))
        same(await next(key), 'cancelled', 'change')
      } finally {
        talk.abort()
      }
    },
  },
]
