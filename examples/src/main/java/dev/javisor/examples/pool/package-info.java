/** The web application of the example JettyPool: commands of strangers, each in a machine of its own. */
package dev.javisor.examples.pool;
