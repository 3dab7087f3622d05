// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;

/**
 * One measurement that a good boot makes.
 *
 * @param digest what is extended
 * @param meaning what that is, for people, in the words of who signed it
 * @param optional whether a good boot may be without it: words that user space measures later
 */
public record ExpectedEvent(Bytes digest, String meaning, boolean optional) {}
