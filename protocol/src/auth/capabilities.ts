import { defineCapability } from '../core/capability.ts'
import { NodeIdSchema, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import { ScopeSchema, TOKEN_MAX_BYTES } from '../core/token.ts'
import * as Type from '../core/type.ts'

export const tokenIssue = defineCapability({
  name: 'auth.token.issue',
  stability: 'stable',
  trust: 'self',
  input: Strict({
    subject: Type.Union([NodeIdSchema, Type.Literal('*')]),
    scope: ScopeSchema,
    /** At most the community's `capability_token_ttl_seconds`. */
    valid_seconds: Type.Integer({ minimum: 1 }),
  }),
  output: Strict({ token: Type.String({ maxLength: TOKEN_MAX_BYTES }), jti: UlidSchema, expires_at: TimeSchema }),
})

export const tokenRevoke = defineCapability({
  name: 'auth.token.revoke',
  stability: 'stable',
  trust: 'self',
  input: Strict({ jti: UlidSchema }),
  output: Strict({}),
})
