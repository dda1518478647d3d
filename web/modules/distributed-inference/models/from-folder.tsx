import { Button, Progress, Stack, Text } from '@mantine/core'
import { IconFolderOpen } from '@tabler/icons-react'
import { type ChangeEvent, useRef, useState } from 'react'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { modelImport, modelPut } from '#protocol/distributed-inference/model-capabilities.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { useConnection } from '../../../port/provider.tsx'
import { copyFolder, filesIn } from './copy-folder.ts'
import { messages } from './messages.ts'
import { nameFrom } from './model-name.ts'
import { ProblemWords } from './problem-words.tsx'

type Stage =
  | { readonly is: 'idle' }
  | { readonly is: 'copying'; readonly file: string; readonly share: number }
  | { readonly is: 'copied' }
  | { readonly is: 'no_files' }
  | { readonly is: 'unreadable' }
  | { readonly is: 'failed'; readonly code: string }

/** The browser's own word for choosing a folder; React knows it by no type. */
const FOLDER = { webkitdirectory: '' }

/** Copies a model's files from a folder of this computer; going on where it stopped when the same one is chosen again. */
export function FromFolder() {
  const text = useText(messages).more
  const format = useFormat()
  const connection = useConnection()
  const input = useRef<HTMLInputElement>(null)
  const stop = useRef(new AbortController())
  const [stage, setStage] = useState<Stage>({ is: 'idle' })

  const take = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const chosen = [...(event.currentTarget.files ?? [])]
    event.currentTarget.value = ''
    const files = filesIn(chosen)
    const model = nameFrom(chosen[0]?.webkitRelativePath.split('/')[0] ?? '')
    if (files === null || model === '') return setStage({ is: 'no_files' })
    const controller = new AbortController()
    stop.current = controller
    const { client } = connection.get()
    try {
      if (!client) throw new HearthError('partition', 'the node is not running')
      setStage({ is: 'copying', file: files[0]?.name ?? '', share: 0 })
      const named = files.map(({ name, file }) => ({ name, bytes: file.size }))
      await client.call(modelImport, { model, from: 'folder', files: named })
      await copyFolder(model, files, {
        put: (piece) => client.call(modelPut, piece),
        onProgress: (file, share) => setStage({ is: 'copying', file, share }),
        signal: controller.signal,
      })
      setStage({ is: 'copied' })
    } catch (thrown) {
      if (controller.signal.aborted) return setStage({ is: 'idle' })
      // a file can be gone or locked between choosing and reading
      if (thrown instanceof DOMException) return setStage({ is: 'unreadable' })
      setStage({ is: 'failed', code: toHearthError(thrown).code })
    }
  }

  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" c="dimmed">
        {text.folderIntro}
      </Text>
      <input ref={input} type="file" hidden multiple {...FOLDER} onChange={take} />
      <Button
        variant="default"
        onClick={() => (stage.is === 'copying' ? stop.current.abort() : input.current?.click())}
        leftSection={stage.is === 'copying' ? null : <IconFolderOpen size={20} aria-hidden />}
      >
        {stage.is === 'copying' ? text.stopCopy : text.chooseFolder}
      </Button>
      {stage.is === 'copying' ? (
        <Stack gap={4} w="100%">
          <Text size="sm">{text.copying(stage.file, format.number(Math.floor(100 * stage.share)))}</Text>
          <Progress value={100 * stage.share} aria-label={text.folder} size="lg" />
        </Stack>
      ) : null}
      <Text size="sm" role="status">
        {stage.is === 'copied' ? text.copied : null}
      </Text>
      {stage.is === 'no_files' || stage.is === 'unreadable' || stage.is === 'failed' ? (
        <Text size="sm" c="bad" role="alert">
          {stage.is === 'no_files' ? text.noFiles : stage.is === 'unreadable' ? text.unreadable : null}
          {stage.is === 'failed' ? <ProblemWords code={stage.code} /> : null}
        </Text>
      ) : null}
    </Stack>
  )
}
