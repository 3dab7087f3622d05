// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.protocol.release.Window;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** When and how devices carry updates out. */
final class UpdateTimesOptions {
  private static final int MAX_JITTER_SECONDS = 7 * 24 * 3600;

  @Option(
      names = "--fetch-window",
      paramLabel = "WINDOW",
      converter = WindowArgument.class,
      description = "When payloads may be fetched, in UTC, as 22:00-04:00 or sat,sun@00:00-06:00.")
  private @Nullable List<Window> fetch;

  @Option(
      names = "--activate-window",
      paramLabel = "WINDOW",
      converter = WindowArgument.class,
      description = "When a staged release may take over.")
  private @Nullable List<Window> activate;

  @Option(names = "--consent", description = "The local application is asked before that.")
  private boolean consent;

  @Option(
      names = "--jitter",
      paramLabel = "SECONDS",
      converter = JitterArgument.class,
      description = "Devices spread what they do over this long.")
  private Duration jitter = Duration.ZERO;

  @Option(
      names = "--whole-after-delta",
      description = "A release may be fetched whole when a difference did not work.")
  private boolean wholeAfterDelta;

  UpdateTimes times() {
    return new UpdateTimes(
        fetch == null ? List.of() : fetch,
        activate == null ? List.of() : activate,
        consent,
        jitter,
        wholeAfterDelta);
  }

  static final class WindowArgument implements ITypeConverter<Window> {
    @Override
    public Window convert(String text) {
      try {
        return Window.parse(text);
      } catch (IllegalArgumentException wrong) {
        throw new TypeConversionException(wrong.getMessage());
      }
    }
  }

  static final class JitterArgument implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) > MAX_JITTER_SECONDS) {
        throw new TypeConversionException("is not 0 to " + MAX_JITTER_SECONDS + " seconds");
      }
      return Duration.ofSeconds(Integer.parseInt(text));
    }
  }
}
