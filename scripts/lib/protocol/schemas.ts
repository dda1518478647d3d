import type { TSchema } from '@sinclair/typebox'
import { CAPABILITIES_OF } from '#protocol/capabilities.ts'
import { MODULES } from '#protocol/catalogue.ts'
import { AnswerSchema, RequestSchema, StreamControlSchema, StreamFrameSchema } from '#protocol/core/bus.ts'
import { type Capability, describedSchemas, schemaHash } from '#protocol/core/capability.ts'
import { InviteHintsSchema, PolicySchema } from '#protocol/core/community.ts'
import { ConfigSchema } from '#protocol/core/config.ts'
import { EventSchema } from '#protocol/core/event.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import { NodeManifestSchema } from '#protocol/core/manifest.ts'
import {
  BoxInfoSchema,
  RegistrationSchema,
  RendezvousMessageSchema,
  RendezvousRequestSchema,
} from '#protocol/core/rendezvous.ts'
import { SyncFrameSchema } from '#protocol/core/sync.ts'
import { ScopeSchema, TokenPayloadSchema } from '#protocol/core/token.ts'
import { BoxModelsSchema, ModelManifestSchema } from '#protocol/distributed-inference/model-manifest.ts'
import { AnswerFrameSchema, PlanSchema, ShardSchema } from '#protocol/distributed-inference/schemas.ts'
import { HubAnswerSchema, HubProofSchema, sync } from '#protocol/evidence/ebkh.ts'
import { AttestationSchema, ClaimSchema, DisputeSchema } from '#protocol/evidence/events.ts'
import { RecoveryFileSchema } from '#protocol/node/capabilities.ts'
import { DescriptorSchema } from '#protocol/protocol/descriptor.ts'
import { FederationManifestSchema } from '#protocol/protocol/federation.ts'
import { ReportSchema } from '#protocol/protocol/report.ts'
import { TensorFlowctlSchema, TensorHelloSchema } from '#protocol/tensor-transport/wire.ts'

/** Every message and record that has a name on the pages. */
export const MESSAGES: Readonly<Record<string, TSchema>> = {
  Answer: AnswerSchema,
  Attestation: AttestationSchema,
  BoxInfo: BoxInfoSchema,
  Claim: ClaimSchema,
  Config: ConfigSchema,
  Descriptor: DescriptorSchema,
  Dispute: DisputeSchema,
  EbkhAnswer: HubAnswerSchema,
  EbkhProof: HubProofSchema,
  EbkhSyncParams: sync.params,
  EbkhSyncResult: sync.result,
  Event: EventSchema,
  FederationManifest: FederationManifestSchema,
  InviteHints: InviteHintsSchema,
  NodeManifest: NodeManifestSchema,
  Policy: PolicySchema,
  RecoveryFile: RecoveryFileSchema,
  Registration: RegistrationSchema,
  RendezvousMessage: RendezvousMessageSchema,
  RendezvousRequest: RendezvousRequestSchema,
  Report: ReportSchema,
  Request: RequestSchema,
  Scope: ScopeSchema,
  StreamControl: StreamControlSchema,
  StreamFrame: StreamFrameSchema,
  SyncFrame: SyncFrameSchema,
  TensorFlowctl: TensorFlowctlSchema,
  TensorHello: TensorHelloSchema,
  Shard: ShardSchema,
  Plan: PlanSchema,
  ModelManifest: ModelManifestSchema,
  BoxModels: BoxModelsSchema,
  AnswerFrame: AnswerFrameSchema,
  TokenPayload: TokenPayloadSchema,
}

/** As JSON has it: TypeBox keeps its own notes in symbols. */
const plain = (schema: TSchema): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(schema))
const asFile = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** A contract as BUS-1 has it. */
const contractOf = (capability: Capability) => ({
  ...JSON.parse(JSON.stringify(describedSchemas(capability))),
  schema_hash: schemaHash(capability),
  stability: capability.stability,
  trust_required: capability.trust,
  timeout_seconds: capability.timeoutSeconds,
  max_concurrent: capability.maxConcurrent,
  idempotent: capability.idempotent,
  errors: capability.errors,
})

/** Schemas as files, by path under `protocol/generated/schemas/`, and a list of them with their hashes. */
export function schemaFiles(): Map<string, string> {
  const files = new Map<string, string>()
  const listed: { file: string; name: string; schema_hash: string }[] = []
  const add = (file: string, name: string, content: object, schema_hash: string): void => {
    files.set(file, asFile(content))
    listed.push({ file, name, schema_hash })
  }
  for (const [name, schema] of Object.entries(MESSAGES)) {
    const body = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: name, ...plain(schema) }
    add(`messages/${name}.json`, name, body, contentIdOf(body))
  }
  for (const capability of [...CAPABILITIES_OF.values()].flat()) {
    add(`capabilities/${capability.name}.json`, capability.name, contractOf(capability), schemaHash(capability))
  }
  for (const { type, data } of MODULES.flatMap(({ events }) => events)) {
    const body = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: type, ...plain(data) }
    add(`events/${type}.json`, type, body, contentIdOf(body))
  }
  listed.sort((a, b) => (a.file < b.file ? -1 : 1))
  files.set('index.json', asFile(listed))
  return files
}
