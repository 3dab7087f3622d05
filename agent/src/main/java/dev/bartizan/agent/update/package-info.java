// SPDX-License-Identifier: Apache-2.0
/**
 * What the update machine does on this device: get a release's files, try it, let it serve, watch
 * it, go back.
 *
 * <p>Guarantees: nothing is fetched that signed metadata does not name; no byte of plaintext
 * reaches the disk; a rebuilt model is verified shard by shard before a shard is encrypted; the
 * release that serves keeps serving until the next one has answered its golden vectors.
 */
@NullMarked
package dev.bartizan.agent.update;

import org.jspecify.annotations.NullMarked;
