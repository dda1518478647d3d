/** @param named origins that this box's operator names, beside the box itself the only ones the app may ask */
const contentSecurityPolicy = (named: readonly string[]): string =>
  [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    // Mantine sets style attributes and injects <style> elements
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    ['connect-src', "'self'", 'ws:', 'wss:', ...named].join(' '),
    "worker-src 'self' blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join('; ')

const OFF = [
  'accelerometer',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
]
const PERMISSIONS_POLICY = ['camera=(self)', 'serial=(self)', 'usb=(self)', ...OFF.map((feature) => `${feature}=()`)].join(', ')

/**
 * On every response, whatever its status. COOP and COEP make the page cross-origin isolated, which WASM threads need; the
 * development server and the preview send the same table.
 */
export const securityHeaders = (...named: readonly string[]): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': contentSecurityPolicy(named),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': PERMISSIONS_POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
})

/** Of a box whose operator names nobody. */
export const SECURITY_HEADERS = securityHeaders()
