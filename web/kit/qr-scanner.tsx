import { Button, FileButton, Group, Stack, Text } from '@mantine/core'
import { IconCamera, IconCameraOff, IconPhoto } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'
import { type CameraTrouble, cameraTrouble, readPhoto, watchCamera } from './qr-reader.ts'
import classes from './qr-scanner.module.css'

type Phase = 'closed' | 'starting' | 'looking' | CameraTrouble | 'nothingFound'

/** Reads a QR code with the camera, or from a photo where there is no camera or no leave to use it. */
export function QrScanner({ onText }: { readonly onText: (text: string) => void }) {
  const text = useText(messages).scanner
  const player = useRef<HTMLVideoElement>(null)
  const [phase, setPhase] = useState<Phase>('closed')
  const open = phase === 'starting' || phase === 'looking'

  // the latest callback without restarting the camera
  const report = useRef(onText)
  useEffect(() => {
    report.current = onText
  })

  useEffect(() => {
    if (!open || !player.current) return
    let wanted = true
    let letGo: (() => void) | undefined
    const found = (value: string) => {
      setPhase('closed')
      report.current(value)
    }
    watchCamera(player.current, found).then(
      (stop) => {
        if (!wanted) return stop()
        letGo = stop
        setPhase('looking')
      },
      (thrown: unknown) => {
        if (wanted) setPhase(cameraTrouble(thrown))
      },
    )
    return () => {
      wanted = false
      letGo?.()
    }
  }, [open])

  const readFile = async (file: File | null) => {
    if (!file) return
    const value = await readPhoto(file)
    setPhase(value === null ? 'nothingFound' : 'closed')
    if (value !== null) onText(value)
  }

  return (
    <Stack gap="sm">
      <video ref={player} className={classes.player} hidden={!open} muted playsInline />
      <Text role="status" {...(phase === 'looking' || phase === 'starting' ? { c: 'dimmed' } : {})}>
        {phase === 'closed' ? null : text[phase]}
      </Text>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={open ? <IconCameraOff size={20} aria-hidden /> : <IconCamera size={20} aria-hidden />}
          onClick={() => setPhase(open ? 'closed' : 'starting')}
        >
          {open ? text.stop : text.start}
        </Button>
        <FileButton accept="image/*" onChange={readFile}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconPhoto size={20} aria-hidden />}>
              {text.fromFile}
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  )
}
