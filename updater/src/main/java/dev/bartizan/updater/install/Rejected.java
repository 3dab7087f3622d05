// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/** A release that failed here, or was withdrawn; the device does not try it again by itself. */
public record Rejected(Release release, String reason) {}
