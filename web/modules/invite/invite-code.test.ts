import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inviteCodeIn, inviteLink, joinPath } from './invite-code.ts'

const code = 'eyJ2IjoxLCJ0b2tlbiI6ImFiYyJ9'

describe('the code of an invite (COM-2)', () => {
  it.each([
    code,
    `  ${code}\n`,
    `https://box.example/#/join/${code}`,
    `Komm zu uns: http://192.168.1.4:4080/#/join/${code} Viele Grüße`,
    `${code.slice(0, 10)}\n${code.slice(10)}`,
    `/join/${code}`,
  ])('is found in %j', (text) => {
    expect(inviteCodeIn(text)).toBe(code)
  })

  it.each(['', 'hello', 'https://box.example/', 'https://box.example/#/join/', 'javascript:alert(1)', `x/join/<${code}>`])(
    'is not found in %j',
    (text) => {
      expect(inviteCodeIn(text)).toBeNull()
    },
  )

  it('survives being made a link and read again, and stays behind the hash', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 24, maxLength: 900 }), (text) => {
        const invite = text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
        const link = inviteLink(invite, 'https://box.example/app/?x=1#/invite')
        expect(inviteCodeIn(link)).toBe(invite)
        expect(new URL(link).hash).toBe(`#${joinPath(invite)}`)
        expect(new URL(link).search).toBe('')
      }),
    )
  })

  it('keeps a link that the node already made', () => {
    expect(inviteLink(`https://box.example/#/join/${code}`, 'http://localhost/')).toBe(`https://box.example/#/join/${code}`)
  })
})
