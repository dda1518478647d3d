import { defineCapability } from '../core/capability.ts'
import { EventSchema } from '../core/event.ts'
import { ContentIdSchema, CountSchema, NodeIdSchema, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { logNoticed } from './events.ts'

/** Tells screens what changed: every event type that arrived, in the community's log or on the device. */
export const eventsWatch = defineCapability({
  name: 'events.watch',
  stability: 'stable',
  trust: 'self',
  timeoutSeconds: 0,
  maxConcurrent: 32,
  input: Strict({}),
  output: Strict({}),
  stream: Strict({ types: Type.Array(Type.String()) }),
})

/** What the log holds and what it refused (EVT-4, EVT-7). */
export const eventsStats = defineCapability({
  name: 'events.stats',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Strict({}),
  output: Strict({
    stored: CountSchema,
    waiting: CountSchema,
    excluded: CountSchema,
    /** Refused since the node started, by error code. */
    refused: Type.Record(Type.String(), CountSchema),
    /** Authors who wrote two histories (EVT-1, EVT-7). */
    equivocations: Type.Array(Strict({ author: NodeIdSchema, content_ids: Type.Array(ContentIdSchema) })),
  }),
  answersFrom: [logNoticed],
})

/** The newest events, newest first. */
export const eventsList = defineCapability({
  name: 'events.list',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Strict({ limit: Type.Integer({ minimum: 1, maximum: 500 }) }),
  output: Strict({ events: Type.Array(Strict({ content_id: ContentIdSchema, event: EventSchema })) }),
})
