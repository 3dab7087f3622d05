// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.updater.install.PowerCuts.Situation;
import java.util.List;

/**
 * One thing that happens to a device, from one state of rest to another.
 *
 * @param base the device before it; copied for each telling
 * @param order how the outside world asks for it; asked twice, it is carried out once
 * @param before the version that is active before
 * @param after the version that is active when all has ended
 */
record Tale(String name, Device base, Wish order, String before, String after) {
  /** Asks a device for something. */
  @FunctionalInterface
  interface Wish {
    Admission ask(Device device) throws Exception;
  }

  /** Committed, rebuilt from a difference, refused, rolled back at each stage, and gone back. */
  static List<Tale> all() throws Exception {
    Device first = Device.withFirstRelease();
    Device second = first.copy();
    second.start();
    second.request("second", "2.0");
    second.run();
    Device suites = Device.withFirstSuite();
    Device secondSuite = suites.copy();
    secondSuite.start();
    secondSuite.orderSuite("second", "2.0", "2.0", "p2.0");
    secondSuite.run();
    return List.of(
        install(first, "2.0", "2.0"),
        install(first, "2.0-delta", "2.0-delta"),
        install(first, "2.0-tampered", "1.0"),
        install(first, "2.0-wrong", "1.0"),
        install(first, "2.0-unloadable", "1.0"),
        install(first, "2.0-sick", "1.0"),
        new Tale("rollback", second, Tale::goBack, "2.0", "1.0"),
        suite(suites, "2.0", "p2.0", "2.0"),
        suite(suites, "2.0", "p2.0-sick", "1.0"),
        new Tale(
            "suite rollback",
            secondSuite,
            device -> device.installer().rollBack("d", Device.SUITE, Device.COMMAND),
            "2.0",
            "1.0"));
  }

  private static Tale suite(Device base, String model, String other, String after) {
    return new Tale(
        "suite " + model + " and " + other,
        base,
        device -> device.orderSuite("d", "2.0", model, other),
        "1.0",
        after);
  }

  private static Tale install(Device base, String version, String after) {
    return new Tale(version, base, device -> device.request("d", version), "1.0", after);
  }

  private static Admission goBack(Device device) throws Exception {
    return device.installer().rollBack("d", Device.MODEL, Device.COMMAND);
  }

  Device begin() {
    return base.copy();
  }

  /** A situation of this tale, for whoever has to find it again. */
  Situation at(String trouble) {
    return new Situation(name + ": " + trouble);
  }
}
