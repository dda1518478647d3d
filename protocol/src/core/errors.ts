import type { JsonValue } from './json.ts'

/** Every error code of the protocol and who may raise it. `shared` codes belong to no module. */
export const ERROR_CODES = {
  // foundations
  bad_request: 'core',
  schema_mismatch: 'core',
  invalid_signature: 'core',
  unauthorized: 'core',
  revoked: 'core',
  expired: 'core',
  not_found: 'core',
  not_implemented: 'core',
  timeout: 'core',
  partition: 'core',
  capacity_exceeded: 'core',
  rate_limited: 'core',
  internal_error: 'core',
  // every Phase 3 module
  experimental_disabled: 'shared',
  // M26 distributed inference, X08 tensor transport
  shard_unavailable: 'distributed-inference',
  shard_unreachable: 'distributed-inference',
  pipeline_failed: 'distributed-inference',
  pipeline_cancelled: 'distributed-inference',
  pipeline_stalled: 'distributed-inference',
  weights_mismatch: 'distributed-inference',
  tensor_too_large: 'distributed-inference',
  unknown_frame_type: 'distributed-inference',
  // M27 expert routing
  expert_unknown: 'moe',
  expert_unavailable: 'moe',
  human_handoff_declined: 'moe',
  human_handoff_timed_out: 'moe',
  // M28 federated learning
  consent_required: 'fedlearn',
  base_model_mismatch: 'fedlearn',
  insufficient_resources: 'fedlearn',
  delta_invalid: 'fedlearn',
  round_full: 'fedlearn',
  round_closed: 'fedlearn',
  fedlearn_aggregation_failed: 'fedlearn',
  fedlearn_min_participants_unmet: 'fedlearn',
  fedlearn_aggregator_unreachable: 'fedlearn',
  adapter_not_found: 'fedlearn',
  // M29 LoRa beacons
  lora_hardware_unavailable: 'lora',
  lora_hardware_unsupported: 'lora',
  lora_duty_cycle_exhausted: 'lora',
  lora_peer_unknown: 'lora',
  lora_peer_conflict: 'lora',
  lora_frame_malformed: 'lora',
  // M30 evidence
  claim_not_found: 'evidence',
  claim_signature_invalid: 'evidence',
  evidence_cycle_detected: 'evidence',
  evidence_contradiction: 'evidence',
  ebkh_unavailable: 'evidence',
  // M31 civil defence
  civdef_cert_not_owned: 'civdef',
  civdef_cert_invalid: 'civdef',
  civdef_cert_unrecognised: 'civdef',
  civdef_cert_out_of_scope: 'civdef',
  civdef_alert_not_found: 'civdef',
  civdef_alert_target_invalid: 'civdef',
  civdef_audit_chain_broken: 'civdef',
  civdef_role_revoked: 'civdef',
  civdef_region_unsupported: 'civdef',
  civdef_ack_rate_limited: 'civdef',
  // M32 protocol
  protocol_version_unknown: 'protocol',
  protocol_suite_not_installed: 'protocol',
  protocol_descriptor_invalid: 'protocol',
  protocol_unsupported_capability: 'protocol',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value)
}

/** The `error` member of a bus answer (BUS-4). */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly retry_after_ms?: number
  readonly data?: JsonValue
}

export interface HearthErrorOptions {
  /** Milliseconds after which trying again can succeed. */
  readonly retryAfterMs?: number
  /** Machine-readable detail, for instance `{ field: '/subject' }`. Never a secret, never personal. */
  readonly data?: JsonValue
  readonly cause?: unknown
}

/**
 * A failure a caller can meet and act on. It crosses the worker port and the wire unchanged; anything else that is
 * thrown is a bug. `message` is English and for logs: screens translate `code`.
 */
export class HearthError extends Error {
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
  readonly data: JsonValue | undefined

  constructor(code: ErrorCode, message: string, options: HearthErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HearthError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.data = options.data
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.retryAfterMs === undefined ? {} : { retry_after_ms: this.retryAfterMs }),
      ...(this.data === undefined ? {} : { data: this.data }),
    }
  }

  static fromWire(wire: WireError): HearthError {
    return new HearthError(wire.code, wire.message, {
      ...(wire.retry_after_ms === undefined ? {} : { retryAfterMs: wire.retry_after_ms }),
      ...(wire.data === undefined ? {} : { data: wire.data }),
    })
  }
}

/** Anything thrown, as the code a caller may see: a bug becomes `internal_error` without its text. */
export function toHearthError(thrown: unknown): HearthError {
  if (thrown instanceof HearthError) return thrown
  return new HearthError('internal_error', 'unexpected failure', { cause: thrown })
}
