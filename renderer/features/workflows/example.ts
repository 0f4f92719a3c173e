/** A workflow to begin with: two languages, one passing data to the other. */
export const EXAMPLE = `workflows:
  squares:
    description: Python makes numbers, Node.js adds them up
    steps:
      - id: make
        runtime: python
        run: |
          import bellglass
          bellglass.output([n * n for n in range(1, 11)])
      - id: sum
        needs: [make]
        runtime: node
        input: "\${{ steps.make.output }}"
        run: |
          const bellglass = require('bellglass');
          const total = bellglass.input().reduce((sum, n) => sum + n, 0);
          console.log('The squares add up to ' + total);
          bellglass.output({ total });
`;
