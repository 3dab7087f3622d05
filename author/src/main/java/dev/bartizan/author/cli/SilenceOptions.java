// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.protocol.release.SilenceRule;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** What devices do when nobody answers their reports. */
final class SilenceOptions {
  @Spec(Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--unanswered",
      paramLabel = "THEN",
      converter = ReactionArgument.class,
      description =
          "What follows when the verifier does not answer reports: go-on, warn (an alarm; the"
              + " default) or stop-serving (no model serves until one is answered).")
  private SilenceRule.Reaction reaction = SilenceRule.DEFAULT.reaction();

  @Option(
      names = "--unanswered-reports",
      defaultValue = "3",
      paramLabel = "N",
      description = "After so many in a row (default: ${DEFAULT-VALUE}; at most 1000).")
  private int reports;

  @Option(
      names = "--unanswered-for",
      defaultValue = "0",
      paramLabel = "SECONDS",
      description =
          "And not before this long since the first of them (default: ${DEFAULT-VALUE}; at most 30"
              + " days). Only time in which the device is on counts.")
  private long seconds;

  SilenceRule rule() {
    try {
      return new SilenceRule(reaction, reports, Duration.ofSeconds(seconds));
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(
          spec.commandLine(), "--unanswered: " + wrong.getMessage(), wrong);
    }
  }

  static final class ReactionArgument implements ITypeConverter<SilenceRule.Reaction> {
    @Override
    public SilenceRule.Reaction convert(String text) {
      return SilenceRule.Reaction.find(text)
          .orElseThrow(
              () -> new TypeConversionException("is not go-on, warn or stop-serving: " + text));
    }
  }
}
