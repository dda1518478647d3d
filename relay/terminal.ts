import { encodeQR } from 'qr'
import { HearthError } from '#protocol/core/errors.ts'
import type { Box } from './box.ts'

const LOCAL = /^http:\/\/(localhost|127\.)/

/** White on black, whatever the colours of the terminal: many cameras do not read an inverted code. */
const qrCode = (text: string, colours: boolean): string =>
  encodeQR(text, 'ascii')
    .trimEnd()
    .split('\n')
    .map((line) => (colours ? `\x1b[97;40m${line}\x1b[0m` : line))
    .join('\n')

/** What an operator reads after the start. */
export function welcome(box: Pick<Box, 'url' | 'appUrl' | 'webrtc'>, { colours }: { readonly colours: boolean }): string {
  const plain = box.appUrl.startsWith('http:') && !LOCAL.test(box.appUrl)
  return [
    'HearthNet-Box',
    '',
    'Sie liefert die App aus und hilft Browsern, einander zu finden. Daten der Nachbarschaft speichert sie nicht,',
    'sie ist kein Mitglied und kann nichts mitlesen.',
    'It serves the app and helps browsers find each other. It stores none of the neighbourhood’s data, is no member',
    'and can read nothing.',
    '',
    `  Auf diesem Gerät / on this device   ${box.url}`,
    `  Im Netz / in the network            ${box.appUrl}`,
    '',
    qrCode(box.appUrl, colours),
    '',
    ...(plain
      ? [
          'Ohne https läuft die App nur auf diesem Gerät ganz: für andere Geräte --tls-cert und --tls-key oder --announce.',
          'Without https the app runs in full on this device only: for others use --tls-cert and --tls-key or --announce.',
          '',
        ]
      : []),
    ...(box.webrtc
      ? []
      : [
          'WebRTC geht auf diesem Gerät nicht: Browser erreichen die Box nur über WebSocket.',
          'WebRTC does not work on this machine: browsers reach the box by websocket only.',
          '',
        ]),
    'Beenden mit Strg+C. / Stop with Ctrl+C.',
  ].join('\n')
}

const IN_PLAIN_WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Der Port ist schon belegt, nimm einen anderen mit --port. / The port is taken, choose another with --port.',
  EADDRNOTAVAIL: 'Diese Netzadresse (--host) hat das Gerät nicht. / This machine has no such network address (--host).',
  EACCES: 'Keine Erlaubnis für diesen Port oder Ordner. / No permission for this port or directory.',
  ENOENT: 'Eine Datei fehlt. / A file is missing.',
}

/** A failed start for whoever sits at the terminal. */
export function explain(failure: unknown): string {
  if (failure instanceof HearthError) return failure.message
  const error = failure instanceof Error ? failure : new Error(String(failure))
  const plain = 'code' in error ? IN_PLAIN_WORDS[String(error.code)] : undefined
  return plain ? `${plain}\n${error.message}` : (error.stack ?? error.message)
}
