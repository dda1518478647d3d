import { describe, expect, it } from 'vitest'
import type { ModuleSwitch } from '#protocol/core/config.ts'
import { detour, offered } from './gate.ts'
import { splitHash } from './hash-location.ts'
import { sharedHash } from './share-target.ts'

const has = { identity: true, community: true, modulesOn: new Set<ModuleSwitch>(['lora']) }

describe('the gate', () => {
  it('leads to what is missing first', () => {
    expect(detour({ requires: 'community' }, { ...has, identity: false, community: false })).toBe('/welcome')
    expect(detour({ requires: 'community' }, { ...has, community: false })).toBe('/start')
    expect(detour({ requires: 'identity' }, { ...has, community: false })).toBeNull()
    expect(detour({ requires: 'nothing' }, { ...has, identity: false })).toBeNull()
    expect(detour({ requires: 'community' }, has)).toBeNull()
  })

  it('offers a screen only while its module is switched on', () => {
    expect(offered({ module: 'lora' }, has)).toBe(true)
    expect(offered({ module: 'moe' }, has)).toBe(false)
    expect(offered({}, has)).toBe(true)
  })
})

describe('the address', () => {
  it('keeps path and query behind the hash apart', () => {
    expect(splitHash('')).toEqual(['/', ''])
    expect(splitHash('#/join/abc-_')).toEqual(['/join/abc-_', ''])
    expect(splitHash('#/claims/new?subject=a%3Fb&x=?')).toEqual(['/claims/new', 'subject=a%3Fb&x=?'])
  })

  it('turns what another app shared into the form for a claim', () => {
    expect(sharedHash('?share_title=Brunnen&share_url=https%3A%2F%2Fa.example%2F')).toBe(
      '#/claims/new?title=Brunnen&url=https%3A%2F%2Fa.example%2F',
    )
    expect(sharedHash('?share_title=')).toBeNull()
    expect(sharedHash('?other=1')).toBeNull()
    expect(sharedHash('?share_file=1')).toBe('#/alerts/bring-in?shared=file')
  })

  it.each(['<?xml version="1.0"?><alert/>', ' <alert xmlns="urn:x">', '{"identifier": 1}', '[{"id":"a"}]', 'HN1:F:MFRGG'])(
    'turns a shared warning into the page that brings it in: %s',
    (text) => {
      expect(sharedHash(`?${new URLSearchParams({ share_title: 'x', share_text: text })}`)).toBe(
        `#/alerts/bring-in?${new URLSearchParams({ text })}`,
      )
    },
  )
})
