import { defineFaults, faultsIn } from '../fault.ts'

const token = faultsIn('tokens', 'protocol/src/core/token.ts')
const grant = faultsIn('tokens', 'workers/kernel/bus/grants.ts')
const withdrawn = faultsIn('tokens', 'workers/kernel/community/state.ts')
const issued = faultsIn('tokens', 'workers/kernel/services/auth.ts')

export const faults = defineFaults([
  token.instead('algorithm-not-pinned', {
    rule: 'TOK-1',
    original: '!matches(HeaderSchema, parseJson(fromBase64Url(header)))',
    faulty: 'false',
    why: 'The header is read and believed, or not read at all: alg none and its friends.',
  }),
  token.instead('empty-signature', {
    rule: 'TOK-1',
    original: '!(await verifyBytes(payload.iss, utf8(signedText), signature))',
    faulty: 'signature.length > 0 && !(await verifyBytes(payload.iss, utf8(signedText), signature))',
    why: 'A signature is checked where there is one.',
  }),
  token.instead('signature-not-checked', {
    rule: 'TOK-1',
    original: '!(await verifyBytes(payload.iss, utf8(signedText), signature))',
    faulty: 'false',
    why: 'Decoding a token is taken for verifying it, as some libraries offer both by like names.',
  }),
  token.without('never-expires', {
    rule: 'TOK-3',
    original: `if (now >= token.exp) throw new HearthError('expired', 'token has expired')`,
    why: 'The end is in the token, and nobody looks.',
  }),
  token.instead('expires-in-milliseconds', {
    rule: 'TOK-3',
    original: 'now >= token.exp',
    faulty: 'now >= token.exp * 1000',
    why: 'Seconds are compared with milliseconds, and no token ever ends.',
  }),
  token.without('not-before-ignored', {
    rule: 'TOK-3',
    original: `if (now < token.nbf) throw new HearthError('expired', 'token is not valid yet')`,
    why: 'Only the end is checked.',
  }),
  token.without('any-holder', {
    rule: 'TOK-3',
    original: `if (token.sub !== '*' && token.sub !== use.subject) throw new HearthError('unauthorized', 'token is held by someone else')`,
    why: 'Whoever has the text has the right: a token that was overheard works.',
  }),
  token.without('any-call', {
    rule: 'TOK-3',
    original: `if (!covers(token.scope.capabilities, use.capability)) throw new HearthError('unauthorized', 'token does not cover this call')`,
    why: 'A valid token opens everything.',
  }),
  token.instead('scope-by-beginning', {
    rule: 'TOK-2',
    original: `name === capability || (name.endsWith('.*') && capability.startsWith(name.slice(0, -1)))`,
    faulty: `capability.startsWith(name.replace(/[.]?[*]$/, ''))`,
    why: 'Names are compared by their beginning: node.* covers nodes.list, and node.echo covers node.echo.more.',
  }),
  grant.without('any-audience', {
    rule: 'TOK-3',
    original: `if (!audience) throw new HearthError('unauthorized', 'token is for someone else')`,
    faulty: 'if (!audience) return token.aud',
    why: 'A token for another community works here.',
  }),
  grant.without('revoked-tokens', {
    rule: 'TOK-3',
    original: `if (!deps.isTokenHonoured(token)) throw new HearthError('revoked', 'token is no longer honoured')`,
    why: 'Revocations are stored, and nobody asks for them.',
  }),
  withdrawn.instead('only-anchors-revoke', {
    rule: 'TOK-5',
    original: `by !== undefined && (by.has('anchor') || by.has(iss))`,
    faulty: `by !== undefined && by.has('anchor')`,
    why: 'A member who loses a token it issued has to find an anchor first, and is told that it worked.',
  }),
  withdrawn.instead('anybody-revokes', {
    rule: 'TOK-5',
    original: `by !== undefined && (by.has('anchor') || by.has(iss))`,
    faulty: 'by !== undefined',
    why: 'The event names a token and nobody asks whose it is: one member ends everybody’s.',
  }),
  grant.without('any-issuer', {
    rule: 'TOK-3',
    original: `if (!deps.isTokenHonoured(token)) throw new HearthError('revoked', 'token is no longer honoured')
      checkIssuer(token, capability)`,
    why: 'A signature that verifies is taken for a right to issue: strangers let themselves in.',
  }),
  grant.without('constraints-ignored', {
    rule: 'TOK-3',
    original: 'checkConstraints(token.scope.params_constraints, input)\n      return token',
    faulty: 'return token',
    why: 'Scope is compared by name alone, whatever the parameters.',
  }),
  grant.instead('missing-parameter-fits', {
    rule: 'TOK-3',
    original: 'value === undefined || canonical(value) !== canonical(wanted)',
    faulty: 'value !== undefined && canonical(value) !== canonical(wanted)',
    why: 'A parameter that is not given contradicts no constraint.',
  }),
  grant.without('endless-calls', {
    rule: 'TOK-4',
    original: `if (total !== undefined && used.total >= total) throw new HearthError('expired', 'token is used up')`,
    why: 'Uses are not counted.',
  }),
  grant.instead('one-call-too-many', {
    rule: 'TOK-4',
    original: 'used.total >= total',
    faulty: 'used.total > total',
    why: 'Off by one.',
  }),
  grant.instead('no-rate', {
    rule: 'TOK-4',
    original: 'perMinute !== undefined && used.minute >= perMinute',
    faulty: 'false',
    why: 'The limit per minute is in the token, and nobody counts.',
  }),
  issued.instead('audience-is-the-issuer', {
    rule: 'TOK-2',
    at: 'aud: log.communityId,',
    original: 'log.communityId',
    faulty: 'own.nodeId',
    why: 'Issuer and audience are mixed up.',
  }),
  issued.instead('longer-than-the-policy', {
    rule: 'TOK-6',
    original: '!own || valid_seconds > longest',
    faulty: '!own',
    why: 'The policy’s limit is shown and not kept.',
  }),
  issued.instead('issues-in-milliseconds', {
    rule: 'TOK-2',
    original: 'Math.floor(runtime.now() / 1000)',
    faulty: 'runtime.now()',
    why: 'Times of a token are seconds, clocks count milliseconds.',
  }),
])
