// SPDX-License-Identifier: Apache-2.0
/**
 * What ships and how it is installed: {@code dist/}, {@code install.sh} and the units, each tried
 * as an operator would.
 *
 * <p>The tests run after {@code dist/} has been put together, need no root, and install below
 * directories of their own.
 */
@NullMarked
package dev.bartizan.systemtest.dist;

import org.jspecify.annotations.NullMarked;
