import { useSyncExternalStore } from 'react'
import { HearthError } from '#protocol/core/errors.ts'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { NodeClient } from '../../../port/client.ts'
import type { Connection } from '../../../port/connection.ts'
import { useConnection } from '../../../port/provider.tsx'
import { type Conversation, createConversation, type Turn } from './conversation.ts'
import { modelHere } from './model-here.ts'
import { FIRST_SETTINGS, type Settings } from './settings.ts'

/** A tab that is not painted shows nothing new, but its answer must still end, ms. */
const HIDDEN_MS = 200

interface Room {
  readonly conversation: Conversation
  readonly settings: () => Settings
  readonly choose: (patch: Partial<Settings>) => void
  readonly subscribe: (listener: () => void) => () => void
}

function onFrame(task: () => void): void {
  let done = false
  const once = (): void => {
    if (!done) task()
    done = true
  }
  requestAnimationFrame(once)
  setTimeout(once, HIDDEN_MS)
}

function createRoom(connection: Connection): Room {
  const listeners = new Set<() => void>()
  let settings = FIRST_SETTINGS
  const node = (): NodeClient => {
    const { client } = connection.get()
    if (!client) throw new HearthError('partition', 'the node is not running')
    return client
  }
  const conversation = createConversation({
    onFrame,
    async *open(question, signal) {
      await modelHere(node(), question.model, signal)
      return yield* node().stream(chat, question, { signal })
    },
  })
  return {
    conversation,
    settings: () => settings,
    choose(patch) {
      settings = { ...settings, ...patch }
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** One room for each node: an answer goes on while the person looks at other screens, and is there when they come back. */
const rooms = new WeakMap<Connection, Room>()

function roomOf(connection: Connection): Room {
  const room = rooms.get(connection) ?? createRoom(connection)
  rooms.set(connection, room)
  return room
}

export interface RoomState {
  readonly conversation: Conversation
  readonly turns: readonly Turn[]
  readonly settings: Settings
  readonly choose: Room['choose']
}

export function useRoom(): RoomState {
  const { conversation, settings, choose, subscribe } = roomOf(useConnection())
  return {
    conversation,
    choose,
    turns: useSyncExternalStore(conversation.subscribe, conversation.turns, conversation.turns),
    settings: useSyncExternalStore(subscribe, settings, settings),
  }
}
