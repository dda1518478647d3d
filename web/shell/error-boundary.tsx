import { Button, Code, Stack, Text, Title } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useText } from '../kit/i18n.tsx'
import { messages } from './messages.ts'

function Crashed({ thrown }: { readonly thrown: unknown }) {
  const text = useText(messages).crashed
  const details = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return (
    <Stack gap="lg" maw="46rem" mx="auto" role="alert">
      <Title order={1}>{text.title}</Title>
      <Text>{text.intro}</Text>
      <Button onClick={() => location.reload()} style={{ alignSelf: 'flex-start' }}>
        {text.reload}
      </Button>
      <details>
        <summary>{text.details}</summary>
        <Code block>{details}</Code>
      </details>
    </Stack>
  )
}

interface ErrorBoundaryProps {
  /** A new value gives the page another try, for instance after navigation. */
  readonly resetKey: string
  /** What stands in the place of what crashed, if not the page that says so. */
  readonly fallback?: ReactNode
  readonly children: ReactNode
}
interface ErrorBoundaryState {
  readonly crash: { readonly thrown: unknown; readonly at: string } | null
}

/** Catches a bug in one page: the rest of the app stays, and the person can leave, reload or report it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { crash: null }

  static getDerivedStateFromError(thrown: unknown): ErrorBoundaryState {
    return { crash: { thrown, at: '' } }
  }

  static getDerivedStateFromProps(props: ErrorBoundaryProps, { crash }: ErrorBoundaryState): ErrorBoundaryState {
    if (!crash) return { crash }
    if (crash.at === '') return { crash: { ...crash, at: props.resetKey } }
    return { crash: crash.at === props.resetKey ? crash : null }
  }

  override render() {
    const { children, fallback } = this.props
    if (!this.state.crash) return children
    return fallback === undefined ? <Crashed thrown={this.state.crash.thrown} /> : fallback
  }
}
