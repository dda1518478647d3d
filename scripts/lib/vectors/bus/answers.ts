import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { ulidOf } from '../seeded.ts'

function plainAnswers(): VectorSource {
  const request_id = ulidOf('request')
  const output = { request_id, output: { payload: 'x' }, meta: { ms: 1.5 } }
  const yes = (name: string, comment: string, message: object): Vector =>
    good(name, comment, { request_id, message }, { kind: 'output' })
  const error = (name: string, comment: string, wire: object, code: string): Vector =>
    good(name, comment, { request_id, message: { request_id, error: wire } }, { kind: 'error', code })
  const no = (name: string, catches: string, message: unknown): Vector =>
    bad(name, catches, { request_id, message }, 'schema_mismatch')
  const wait = { code: 'rate_limited', message: 'slow', retry_after_ms: 200 }
  return {
    name: 'answer',
    operation: 'bus.answer',
    rule: 'BUS-4',
    about: 'What a caller makes of an answer to the request of that id: an output, an error with its code, or nonsense.',
    vectors: [
      yes('an output', 'The plainest answer', output),
      yes('an output of null', 'Whether it matches is the contract’s to say', { ...output, output: null }),
      yes('a field nobody knows', 'An answer of a newer minor version may have one', { ...output, trace: 'x' }),
      error('an error', 'Code and message', { code: 'not_found', message: 'no such thing' }, 'not_found'),
      error('an error with everything', 'The wait, and detail', { ...wait, data: { field: '/a' } }, 'rate_limited'),
      error('a code nobody knows', 'It arrives as internal_error', { code: 'brand_new', message: 'x' }, 'internal_error'),
      error(
        'an error of a module',
        'Codes beyond the universal ones',
        { code: 'claim_not_found', message: 'x' },
        'claim_not_found',
      ),
      no('the answer to another call', 'the id is not looked at', { ...output, request_id: ulidOf('another') }),
      no('no id', 'the id is not looked at', { ...output, request_id: undefined }),
      no('no meta', 'a field that is missing is empty', { ...output, meta: undefined }),
      no('a negative time', 'no lower limit', { ...output, meta: { ms: -1 } }),
      no('neither output nor error', 'no output is an empty one', { request_id, meta: { ms: 1 } }),
      no('an error without a code', 'any object is an error', { request_id, error: { message: 'x' } }),
      no('an error without a message', 'any object is an error', { request_id, error: { code: 'timeout' } }),
      no('an error as text', 'any value is an error', { request_id, error: 'timeout' }),
      no('a message of 1,025 characters', 'messages have no limit', {
        request_id,
        error: { ...wait, message: 'x'.repeat(1025) },
      }),
      no('a wait with a fraction', 'milliseconds are floats', { request_id, error: { ...wait, retry_after_ms: 0.5 } }),
      no('a negative wait', 'no lower limit', { request_id, error: { ...wait, retry_after_ms: -1 } }),
      no('null', 'any value is an answer', null),
    ],
  }
}

function streams(): VectorSource {
  const data = (seq: number, value: unknown = { n: seq }): object => ({ event: 'data', data: value, seq })
  const done = (seq: number): object => ({ event: 'done', data: {}, seq })
  const failed = (code: string, seq: number): object => ({ event: 'error', data: { code, message: 'x' }, seq })
  const yes = (name: string, comment: string, frames: readonly object[], count: number, end: string): Vector =>
    good(name, comment, { frames }, { data: count, end })
  const no = (name: string, catches: string, ...frames: readonly unknown[]): Vector =>
    bad(name, catches, { frames }, 'schema_mismatch')
  return {
    name: 'stream',
    operation: 'bus.stream',
    rule: 'BUS-4',
    about: 'The frames of a streaming answer as a caller reads them: data from seq 0, then exactly one done or error.',
    vectors: [
      yes('three frames and done', 'The plainest stream', [data(0), data(1), data(2), done(3)], 3, 'done'),
      yes('done alone', 'A stream may hold nothing', [done(0)], 0, 'done'),
      yes('an error at once', 'It has a seq like any frame', [failed('not_found', 0)], 0, 'not_found'),
      yes('an error behind frames', 'What came before stays', [data(0), failed('timeout', 1)], 1, 'timeout'),
      yes('data of any kind', 'Whether it matches is the contract’s to say', [data(0, null), data(1, []), done(2)], 2, 'done'),
      no('seq from 1', 'the first number is not checked', data(1), done(2)),
      no('a gap', 'lost frames are not noticed', data(0), data(2), done(3)),
      no('a frame twice', 'doubled frames are not noticed', data(0), data(0), done(1)),
      no('frames the other way round', 'the order is not checked', data(1), data(0), done(2)),
      no('done with another number', 'only data is counted', data(0), done(0)),
      no('an event nobody knows', 'any word is an event', { event: 'progress', data: {}, seq: 0 }),
      no('a seq as text', 'numbers and texts are one', { event: 'data', data: {}, seq: '0' }),
      no('no seq', 'a missing number is the next one', { event: 'data', data: {} }),
      no('an error without a code', 'any object is an error', { event: 'error', data: {}, seq: 0 }),
    ],
  }
}

function controls(): VectorSource {
  const no = (name: string, catches: string, message: unknown): Vector => bad(name, catches, { message }, 'bad_request')
  return {
    name: 'control',
    operation: 'bus.control',
    rule: 'BUS-4',
    about: 'What a caller may say while a stream runs.',
    vectors: [
      good('an acknowledgement of the first frame', 'Frames are counted from 0', { message: { type: 'ack', upto: 0 } }),
      good('an acknowledgement of many', 'All up to this one', { message: { type: 'ack', upto: 15 } }),
      good('cancel', 'The stream stops', { message: { type: 'cancel' } }),
      no('a negative number', 'no lower limit', { type: 'ack', upto: -1 }),
      no('a number as text', 'numbers and texts are one', { type: 'ack', upto: '3' }),
      no('no number', 'a missing number is all', { type: 'ack' }),
      no('a list of numbers', 'frames are acknowledged one by one', { type: 'ack', upto: [1, 2] }),
      no('cancel with a reason', 'what is not in the contract is let in', { type: 'cancel', reason: 'x' }),
      no('a word nobody knows', 'any word is control', { type: 'pause' }),
      no('no word', 'any object is control', {}),
      no('null', 'any value is control', null),
    ],
  }
}

export const answers = (): readonly VectorSource[] => [plainAnswers(), streams(), controls()]
