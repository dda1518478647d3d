import type { ReactNode } from 'react'
import { useId } from 'react'
import classes from '../desk.module.css'

export interface Option<T extends string> {
  readonly value: T
  readonly name: ReactNode
  readonly note?: ReactNode
  readonly icon?: ReactNode
  readonly disabled?: boolean
}

export interface ChoiceProps<T extends string> {
  readonly legend: string
  readonly note?: ReactNode
  readonly options: readonly Option<T>[]
  readonly value: T | null
  readonly onChange: (value: T) => void
  readonly error?: ReactNode
  /** Side by side where there is room. */
  readonly pairs?: boolean
}

/** One of several, each as large as a glove needs. */
export function Choice<T extends string>({ legend, note, options, value, onChange, error, pairs = false }: ChoiceProps<T>) {
  const id = useId()
  return (
    <fieldset className={classes.choices} {...(error ? { 'aria-describedby': `${id}-error`, 'data-problem': true } : {})}>
      <legend className={classes.legend}>{legend}</legend>
      {note ? <div className={classes.choiceNote}>{note}</div> : null}
      <div className={pairs ? classes.pair : classes.choices}>
        {options.map((option) => (
          <label key={option.value} className={classes.choice}>
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled ?? false}
              onChange={() => onChange(option.value)}
            />
            {option.icon}
            <span className={classes.choiceWords}>
              <span className={classes.choiceName}>{option.name}</span>
              {option.note ? <span className={classes.choiceNote}>{option.note}</span> : null}
            </span>
          </label>
        ))}
      </div>
      {error ? (
        <div id={`${id}-error`} role="alert" style={{ color: 'var(--hn-bad)' }}>
          {error}
        </div>
      ) : null}
    </fieldset>
  )
}
