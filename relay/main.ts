import './polyfill.ts'
import { createBox } from './box.ts'
import { HELP, type Options, parseCommandLine } from './options.ts'
import { explain, welcome } from './terminal.ts'

const EXIT_USAGE = 2

async function run(options: Options): Promise<void> {
  const box = await createBox(options)
  console.log(welcome(box, { colours: process.stdout.isTTY === true }))
  let signals = 0
  const stop = (): void => {
    signals += 1
    if (signals > 1) process.exit(1)
    console.log('\nDie Box wird beendet … / Stopping …')
    box.stop().then(
      () => process.exit(0),
      (failure: unknown) => fail(failure, 1),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function fail(failure: unknown, code: number): never {
  console.error(explain(failure))
  process.exit(code)
}

function readArguments(): Options {
  try {
    const line = parseCommandLine(process.argv.slice(2))
    if (!line.help) return line.options
  } catch (failure) {
    console.error(`${explain(failure)}\n`)
    console.error(HELP)
    process.exit(EXIT_USAGE)
  }
  console.log(HELP)
  process.exit(0)
}

// what one guest breaks must not end the evening of all the others
process.on('unhandledRejection', (reason) => console.error(explain(reason)))

run(readArguments()).catch((failure: unknown) => fail(failure, 1))
