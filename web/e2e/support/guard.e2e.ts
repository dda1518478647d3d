import { expect } from '@playwright/test'
import { test } from './fixtures.ts'

test('The guard of the journeys sees an error on the console and an uncaught one', async ({ device }) => {
  const { page, problems } = await device('Ada')
  await page.evaluate(() => console.error('the lamp is broken'))
  await page.evaluate(() => {
    setTimeout(() => {
      throw new RangeError('too dark')
    })
  })
  await expect.poll(() => problems.splice(0).join('\n')).toMatch(/the lamp is broken[\s\S]*too dark/)
})

test('The guard of the journeys sees a call outside, also from a worker, and lets none out', async ({
  device,
  outsideWorld,
}) => {
  const { page, problems } = await device('Ada', { tolerates: [/ERR_TUNNEL_CONNECTION_FAILED|502/] })
  await page.evaluate(async () => {
    const ask = "fetch('http://outside.test/page', { mode: 'no-cors' }).catch(() => null).then(() => postMessage('asked'))"
    const worker = new Worker(`data:text/javascript,${encodeURIComponent(ask)}`)
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }))
    await new Promise((resolve) =>
      new WebSocket('wss://outside.test/socket').addEventListener('error', resolve, { once: true }),
    )
  })
  expect((outsideWorld.asked as string[]).splice(0)).toEqual(['GET http://outside.test/page', 'CONNECT outside.test:443'])
  expect(problems.splice(0).join('\n')).toContain('left the house: wss://outside.test/socket')
})

test('The guard of the journeys sees a connection that is told to ask a STUN server', async ({ device }) => {
  const { page, problems } = await device('Ada')
  await page.goto('data:text/html,hearth')
  await page.evaluate(() => new RTCPeerConnection({ iceServers: [] }).close())
  expect(problems).toEqual([])
  await page.evaluate(() => new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:9' }] }).close())
  await expect.poll(() => problems.splice(0).join('\n')).toContain('stun:127.0.0.1:9')
})
