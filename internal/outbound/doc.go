// Package outbound is the only HTTP client in the house; nothing else opens a connection.
//
// There are two kinds of addresses. One that came with content, a user or a partner is nobody's to
// trust: [Client] fetches it, and refuses to be led into the node's own network. One that the
// operator configured is dialled by an [Operator], which speaks to exactly that host and port.
//
// What the package holds to:
//   - The address is checked when the socket is about to be connected, not when its name was looked
//     up: what a name answers may change between two questions.
//   - No proxy of the environment, no cookies, no credentials and no referrer go along.
//   - Time, sizes (after decompression), headers and redirects are bounded.
//   - A refusal does not tell which address a name has inside.
//
// It reads no content and decides nothing about it.
package outbound
