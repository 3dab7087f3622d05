// SPDX-License-Identifier: Apache-2.0
/**
 * The agent's own versions: which files one has, for who signs it, who lays it down and who checks
 * it; and on the device two directories, and the one record that says which of them the launcher
 * starts.
 *
 * <p>The launcher and the version that was installed with it lie outside, where the agent cannot
 * write. It counts each start of a version in the record, durably, before it starts it; {@link
 * dev.bartizan.updater.software.LaunchRecord} says what is counted and what it falls back to.
 *
 * <p>Guarantees, whatever call the power fails before: the record is the old one or the new one,
 * whole; a version that the record names is complete, every byte of it as it was signed when it was
 * laid down; the version that runs is never written to.
 *
 * <p>Not guaranteed: that a version is good, or that its files are still as they were: the boot
 * check compares them with what was signed at each start, and the launcher only counts.
 */
@NullMarked
package dev.bartizan.updater.software;

import org.jspecify.annotations.NullMarked;
