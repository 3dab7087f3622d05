// SPDX-License-Identifier: Apache-2.0
/**
 * Where this device gets files: the repository's servers, in the order in which they are asked, or
 * a bundle that was brought in their place.
 *
 * <p>Not guaranteed: anything about what they say. Whoever asks verifies.
 */
@NullMarked
package dev.bartizan.agent.repository;

import org.jspecify.annotations.NullMarked;
