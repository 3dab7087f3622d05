// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

/**
 * How far a model's answers are from the golden ones on this machine.
 *
 * @param largest the largest absolute difference; 0 when all are as expected
 * @param place where that is, for people; empty when there is none
 * @param relativeNeeded the smallest relative tolerance that admits all beside the absolute one
 *     that was given; infinite when none does
 * @param absoluteNeeded the smallest absolute tolerance that admits all beside the relative one
 *     that was given
 */
public record Deviation(
    double largest, String place, double relativeNeeded, double absoluteNeeded) {

  /** All numbers are the expected ones. */
  public static final Deviation NONE = new Deviation(0, "", 0, 0);

  /** In the making. */
  static final class Measurement {
    private final Tolerance given;
    private double largest;
    private String place = "";
    private double relativeNeeded;
    private double absoluteNeeded;

    Measurement(Tolerance given) {
      this.given = given;
    }

    /** False when no tolerance makes the one the other: not a number, or infinitely far away. */
    boolean add(double expected, double found, String where) {
      if (expected == found) {
        return true;
      }
      double difference = Math.abs(found - expected);
      if (!Double.isFinite(difference)) {
        return false;
      }
      if (difference > largest) {
        largest = difference;
        place = where;
      }
      double size = Math.abs(expected);
      relativeNeeded = Math.max(relativeNeeded, quotient(difference - given.absolute(), size));
      absoluteNeeded = Math.max(absoluteNeeded, difference - given.relative() * size);
      return true;
    }

    /** Rounded up, so that what is advised is enough. */
    private static double quotient(double excess, double size) {
      if (excess <= 0) {
        return 0;
      }
      return size == 0 ? Double.POSITIVE_INFINITY : Math.nextUp(excess / size);
    }

    Deviation result() {
      return new Deviation(
          largest, place, relativeNeeded, absoluteNeeded == 0 ? 0 : Math.nextUp(absoluteNeeded));
    }
  }
}
