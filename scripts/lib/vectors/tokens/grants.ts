import { issueToken, type TokenPayload } from '#protocol/core/token.ts'
import { bad, good } from '../cases.ts'
import { AT, AT_SECONDS } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import type { People } from '../seeded.ts'
import { payloadOf } from './opening.ts'

interface Use {
  readonly capability?: string
  readonly subject?: string
  readonly audience?: string
  readonly now?: string
}

/** Whether an opened token covers a use. */
export async function grants({ anna, bert, carla, dora }: People): Promise<VectorSource> {
  const input = async (change: Partial<TokenPayload>, use: Use): Promise<object> => ({
    token: await issueToken(anna, payloadOf(anna, carla, change)),
    capability: 'node.echo',
    subject: bert.nodeId,
    audience: carla.nodeId,
    now: AT,
    ...use,
  })
  const yes = async (name: string, comment: string, change: Partial<TokenPayload> = {}, use: Use = {}): Promise<Vector> =>
    good(name, comment, await input(change, use))
  const no = async (
    name: string,
    catches: string,
    error: string,
    change: Partial<TokenPayload>,
    use: Use = {},
  ): Promise<Vector> => bad(name, catches, await input(change, use), error)
  const scope = (...capabilities: string[]): Partial<TokenPayload> => ({ scope: { capabilities } })
  return {
    name: 'grant',
    operation: 'token.check',
    rule: 'TOK-3',
    about: 'Whether an opened token grants a use: time, audience, subject, scope.',
    vectors: await Promise.all([
      yes('anybody', 'The subject is a star'),
      yes('the very person', 'The subject is who calls', { sub: bert.nodeId }),
      yes('the first second', 'Good from nbf on', { nbf: AT_SECONDS }),
      yes('the last second', 'Good until before exp', { exp: AT_SECONDS + 1 }),
      yes(
        'a fraction before its end',
        'Fractions of a second are cut off',
        { exp: AT_SECONDS + 1 },
        { now: '2026-05-26T08:14:22.999Z' },
      ),
      yes('issued in the future, good now', 'iat is for people', { iat: AT_SECONDS + 1000 }),
      yes('the second of two capabilities', 'Any of the list', scope('node.status', 'node.echo')),
      yes('a prefix', 'What begins with it', scope('node.*')),
      yes('a longer prefix', 'What begins with it', scope('experimental.evidence.*'), {
        capability: 'experimental.evidence.claim.get',
      }),
      no('its very end', 'the end is counted in', 'expired', { exp: AT_SECONDS }),
      no('long over', 'the end is not looked at', 'expired', { exp: AT_SECONDS - 86_400 }),
      no('not yet', 'the beginning is not looked at', 'expired', { nbf: AT_SECONDS + 1 }),
      no('end before beginning', 'only one of the two is checked', 'expired', { nbf: AT_SECONDS + 10, exp: AT_SECONDS + 5 }),
      no(
        'an end in milliseconds compared to seconds',
        'units are mixed',
        'expired',
        { exp: AT_SECONDS },
        { now: '2026-05-26T08:14:23Z' },
      ),
      no('somewhere else', 'the audience is not looked at', 'unauthorized', {}, { audience: dora.nodeId }),
      no('at its own issuer', 'the issuer is taken for the audience', 'unauthorized', {}, { audience: anna.nodeId }),
      no('somebody else', 'the subject is not looked at', 'unauthorized', { sub: bert.nodeId }, { subject: dora.nodeId }),
      no(
        'the issuer with the token of another',
        'the issuer may always',
        'unauthorized',
        { sub: bert.nodeId },
        { subject: anna.nodeId },
      ),
      no('another capability', 'the scope is not looked at', 'unauthorized', {}, { capability: 'node.status' }),
      no(
        'a capability that begins like it',
        'names are matched by their beginning',
        'unauthorized',
        {},
        { capability: 'node.echo.more' },
      ),
      no(
        'a capability that is its beginning',
        'names are matched the wrong way round',
        'unauthorized',
        {},
        { capability: 'node' },
      ),
      no('another case', 'names are compared without case', 'unauthorized', {}, { capability: 'Node.Echo' }),
      no('a prefix without its dot', 'node.* covers nodes.*', 'unauthorized', scope('node.*'), { capability: 'nodes.list' }),
      no('a prefix and nothing behind it', 'the prefix covers its own stem', 'unauthorized', scope('node.echo.*')),
      no('a star alone', 'a star covers everything', 'unauthorized', scope('*')),
      no('a star in the middle', 'globs of a shell', 'unauthorized', scope('no*.echo')),
      no('a star at the end of a word', 'globs of a shell', 'unauthorized', scope('node.ec*')),
      no('a pattern', 'names are regular expressions', 'unauthorized', scope('node.ech.')),
    ]),
  }
}
