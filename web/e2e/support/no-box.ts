/**
 * What Chromium itself writes of requests to a box that is not there, or to any host while it is offline. The last is its service
 * worker: a first installation that broke off begins again (decision 0013) and finds no script.
 */
export const NO_BOX = [
  /ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET|WebSocket connection to/,
  /An unknown error occurred when fetching the script/,
]
