import { serveBridge } from './bridge-commands.ts'

serveBridge()
