// SPDX-License-Identifier: Apache-2.0
/**
 * From one release of a component to another, one durable step at a time.
 *
 * <p>Read {@link dev.bartizan.updater.install.UpdateMachine} first: it is the whole law, pure, on
 * two screens. {@link dev.bartizan.updater.install.Installer} carries out what it decides: it
 * writes each transition to the journal and only then acts, through the ports {@link
 * dev.bartizan.updater.install.Payloads} and {@link dev.bartizan.updater.install.Trial}, which may
 * be asked twice for the same thing.
 *
 * <p>Guarantees, whatever call the power fails before: the journal holds the state before or after
 * a transition, whole; the active release of a component changes only when its successor has passed
 * probation; every start of a release on trial is counted before it happens, so that no crash
 * repeats for ever; every deployment that was accepted reaches one terminal state, which is
 * announced until it is acknowledged; a deployment requested twice is carried out once. A flipped
 * byte in the journal or the history is noticed, and either one is rebuilt from the other.
 *
 * <p>Not guaranteed: that somebody who can write the disk did not put back an older journal
 * <em>together with</em> an older history; that takes an anchor outside the disk for {@link
 * dev.bartizan.updater.install.HistoryHead}. Nor that a release which is on nobody's list of bad
 * ones is a good one: that is for the ports to find out.
 */
@NullMarked
package dev.bartizan.updater.install;

import org.jspecify.annotations.NullMarked;
