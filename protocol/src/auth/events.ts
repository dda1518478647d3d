import { defineEvent } from '../core/module.ts'
import { Strict, UlidSchema } from '../core/schema.ts'

/** By the token's issuer or an anchor: nobody honours this `jti` any more (TOK-5). Of anybody else it says nothing. */
export const tokenRevoked = defineEvent('auth.token.revoked', Strict({ jti: UlidSchema }))
