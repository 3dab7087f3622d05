// SPDX-License-Identifier: Apache-2.0
/** A fleet in memory whose chips are software, to measure who verifies it: {@code bench verify}. */
@NullMarked
package dev.bartizan.systemtest.verify;

import org.jspecify.annotations.NullMarked;
