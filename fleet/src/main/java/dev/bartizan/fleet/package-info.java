// SPDX-License-Identifier: Apache-2.0
/** PLACEHOLDER */
@NullMarked
package dev.bartizan.fleet;

import org.jspecify.annotations.NullMarked;
