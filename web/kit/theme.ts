import {
  type ActionIconFactory,
  type BadgeFactory,
  type ButtonFactory,
  type CheckboxFactory,
  type CSSVariablesResolver,
  colorsTuple,
  createTheme,
  defaultVariantColorsResolver,
  type ExtendComponent,
  type FactoryPayload,
  type InputFactory,
  type InputWrapperFactory,
  type ModalFactory,
  type PaperFactory,
  type PasswordInputFactory,
  type RadioFactory,
  type SegmentedControlFactory,
  type SwitchFactory,
  type VariantColorsResolver,
} from '@mantine/core'
import { FONTS, MOTION, NEUTRALS, PALETTES, type Palette, paletteVariables, TARGET_PX, WIDE_PX } from './tokens.ts'

const rem = (px: number): string => `${px / 16}rem`
const TARGET = rem(TARGET_PX)

/** Mantine wants ten shades of a colour; ours has one per purpose and theme, so the variables below decide. */
const accents = {
  ember: { fill: 'ember', hover: 'emberHover', text: 'emberText', wash: 'emberWash', onFill: 'var(--hn-on-ember)' },
  bad: { fill: 'badFill', hover: 'badFill', text: 'bad', wash: 'badWash', onFill: 'var(--hn-on-bad)' },
  good: { fill: 'good', hover: 'good', text: 'good', wash: 'raised', onFill: 'var(--hn-surface)' },
  warn: { fill: 'warn', hover: 'warn', text: 'warn', wash: 'raised', onFill: 'var(--hn-surface)' },
} as const satisfies Record<
  string,
  { fill: keyof Palette; hover: keyof Palette; text: keyof Palette; wash: keyof Palette; onFill: string }
>

const accentVariables = (palette: Palette): Record<string, string> =>
  Object.fromEntries(
    Object.entries(accents).flatMap(([name, { fill, hover, text, wash }]) => [
      [`--mantine-color-${name}-filled`, palette[fill]],
      [`--mantine-color-${name}-filled-hover`, palette[hover]],
      [`--mantine-color-${name}-text`, palette[text]],
      [`--mantine-color-${name}-light`, palette[wash]],
      [`--mantine-color-${name}-light-hover`, palette.raised],
      [`--mantine-color-${name}-light-color`, palette[text]],
      [`--mantine-color-${name}-outline`, palette[text]],
      [`--mantine-color-${name}-outline-hover`, palette[wash]],
    ]),
  )

const schemeVariables = (palette: Palette): Record<string, string> => ({
  ...paletteVariables(palette),
  ...accentVariables(palette),
  '--mantine-color-body': palette.ground,
  '--mantine-color-text': palette.text,
  '--mantine-color-bright': palette.text,
  '--mantine-color-dimmed': palette.muted,
  '--mantine-color-placeholder': palette.muted,
  '--mantine-color-anchor': palette.emberText,
  '--mantine-color-error': palette.bad,
  '--mantine-color-success': palette.good,
  '--mantine-color-default': palette.surface,
  '--mantine-color-default-hover': palette.raised,
  '--mantine-color-default-color': palette.text,
  '--mantine-color-default-border': palette.edge,
  '--mantine-color-disabled': palette.raised,
  '--mantine-color-disabled-color': palette.muted,
  '--mantine-color-disabled-border': palette.line,
  '--mantine-primary-color-contrast': palette.onEmber,
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--hn-quick': `${MOTION.quick}ms`, '--hn-calm': `${MOTION.calm}ms`, '--hn-target': TARGET },
  light: schemeVariables(PALETTES.light),
  dark: schemeVariables(PALETTES.dark),
})

const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const accent = Object.entries(accents).find(([name]) => name === input.color)?.[1]
  return input.variant === 'filled' && accent ? { ...colors, color: accent.onFill } : colors
}

/** What `Button.extend` does, by its type alone: naming the component here would load it with the shell. */
const part = <F extends FactoryPayload>(extension: ExtendComponent<F>) => extension

export const theme = createTheme({
  primaryColor: 'ember',
  colors: {
    ember: colorsTuple(PALETTES.light.ember),
    bad: colorsTuple(PALETTES.light.bad),
    good: colorsTuple(PALETTES.light.good),
    warn: colorsTuple(PALETTES.light.warn),
    ...NEUTRALS,
  },
  variantColorResolver: variantColors,
  fontFamily: FONTS.text,
  fontFamilyMonospace: FONTS.mono,
  fontSizes: { xs: rem(13), sm: rem(14.5), md: rem(17), lg: rem(19), xl: rem(22) },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: 'clamp(1.75rem, 1.5rem + 1.2vw, 2.25rem)', lineHeight: '1.2' },
      h2: { fontSize: rem(22), lineHeight: '1.3' },
      h3: { fontSize: rem(19), lineHeight: '1.35' },
    },
  },
  radius: { xs: rem(4), sm: rem(6), md: rem(10), lg: rem(16), xl: rem(24) },
  defaultRadius: 'md',
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(32) },
  breakpoints: { xs: '30em', sm: `${WIDE_PX / 16}em`, md: '64em', lg: '80em', xl: '90em' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: part<ButtonFactory>({
      defaultProps: { size: 'md' },
      vars: () => ({ root: { '--button-height': TARGET, '--button-padding-x': rem(18), '--button-fz': rem(16) } }),
      // German words are long: a label wraps rather than being cut
      styles: {
        root: {
          display: 'inline-flex',
          alignItems: 'center',
          justifyContent: 'center',
          height: 'auto',
          minHeight: TARGET,
          paddingBlock: rem(6),
        },
        label: { whiteSpace: 'normal', height: 'auto', lineHeight: 1.25 },
      },
    }),
    ActionIcon: part<ActionIconFactory>({
      defaultProps: { variant: 'subtle' },
      vars: () => ({ root: { '--ai-size': TARGET } }),
    }),
    Badge: part<BadgeFactory>({
      defaultProps: { variant: 'light', tt: 'none', fw: 600, radius: 'sm' },
      vars: () => ({ root: { '--badge-height': rem(24), '--badge-fz': rem(13.5) } }),
    }),
    Input: part<InputFactory>({
      defaultProps: { size: 'md' },
      vars: () => ({ wrapper: { '--input-height': rem(46), '--input-fz': rem(17) } }),
    }),
    InputWrapper: part<InputWrapperFactory>({
      defaultProps: { size: 'md', inputWrapperOrder: ['label', 'description', 'input', 'error'] },
      styles: { label: { marginBottom: rem(6) }, description: { marginBottom: rem(6), lineHeight: 1.4 } },
    }),
    PasswordInput: part<PasswordInputFactory>({ vars: () => ({ root: { '--psi-button-size': TARGET } }) }),
    Checkbox: part<CheckboxFactory>({ defaultProps: { size: 'md' } }),
    Radio: part<RadioFactory>({ defaultProps: { size: 'md' } }),
    Switch: part<SwitchFactory>({
      defaultProps: { size: 'md' },
      styles: { description: { fontSize: rem(14.5), lineHeight: 1.45 } },
    }),
    SegmentedControl: part<SegmentedControlFactory>({ defaultProps: { size: 'md', radius: 'md' } }),
    Paper: part<PaperFactory>({ styles: { root: { backgroundColor: 'var(--hn-surface)', borderColor: 'var(--hn-line)' } } }),
    Modal: part<ModalFactory>({
      defaultProps: { radius: 'lg', padding: 'lg' },
      styles: {
        header: { backgroundColor: 'var(--hn-surface)' },
        title: { fontSize: rem(20), fontWeight: 650, lineHeight: 1.3 },
      },
    }),
  },
})
