// SPDX-License-Identifier: Apache-2.0
/** The benchmark of differences, itself tried: a coder that loses bits would look very good. */
@NullMarked
package dev.bartizan.systemtest.deltas;

import org.jspecify.annotations.NullMarked;
