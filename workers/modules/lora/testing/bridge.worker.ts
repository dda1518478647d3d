// before the bridge looks for `navigator.serial`
import './stub-serial.ts'
import { serveBridge } from './bridge-commands.ts'

serveBridge()
